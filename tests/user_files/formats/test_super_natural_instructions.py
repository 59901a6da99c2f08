from typing import Any

import pytest

from harness.errors import DataError
from harness.user_files.formats.super_natural_instructions import EXAMPLES
from tests.user_files.drafted import drafted

TASK: dict[str, Any] = {
    "Definition": ["Say the opposite."],
    "Positive Examples": [{"input": "big", "output": "small", "explanation": "yes"}] * 2,
    "Negative Examples": [{"input": "big", "output": "big"}],
    "Instances": [
        {"id": "task1-a", "input": "hot", "output": ["cold", "icy", ""]},
        {"id": "task1-b", "input": "old", "output": "new"},
        {"id": "task1-c", "input": "", "output": []},
    ],
}


def test_a_task_gives_an_item_per_instance_and_its_examples_are_counted() -> None:
    drafts, notes = drafted("super_natural_instructions", TASK)
    assert [(draft.id, draft.text, draft.answer, draft.other_answers) for draft in drafts] == [
        ("task1-a", "Say the opposite.\n\nhot", "cold", ("icy",)),
        ("task1-b", "Say the opposite.\n\nold", "new", ()),
        ("task1-c", None, None, ()),
    ]
    assert notes == {EXAMPLES: 3}


@pytest.mark.parametrize(
    "instance", ["hot", {"input": ["hot"], "output": ["cold"]}, {"input": "hot", "output": [["x"]]}]
)
def test_an_instance_of_another_shape_is_named(instance: object) -> None:
    with pytest.raises(DataError, match="file:1, instance 2: the instance does not have the expected layout"):
        drafted("super_natural_instructions", {**TASK, "Instances": [TASK["Instances"][0], instance]})
