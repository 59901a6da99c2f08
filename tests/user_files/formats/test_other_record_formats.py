from typing import Any

import pytest

from harness.errors import DataError
from harness.user_files.columns import NONE_GIVEN
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.conversations import NO_REPLY, TRAILING
from harness.user_files.formats.registry import FORMATS
from harness.user_files.formats.super_natural_instructions import EXAMPLES
from harness.user_files.record import Record


def read(name: str, *values: dict[str, Any]) -> tuple[list[Draft], dict[str, int]]:
    decisions = DecisionLog()
    records = [Record("file", place + 1, place, value) for place, value in enumerate(values)]
    drafts = list(FORMATS[name].drafts(records, NONE_GIVEN, decisions=decisions))
    return drafts, {note.what: note.count for note in decisions.notes()}


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
    drafts, notes = read("super_natural_instructions", TASK)
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
        read("super_natural_instructions", {**TASK, "Instances": [TASK["Instances"][0], instance]})


@pytest.mark.parametrize("name", ["alpaca", "dolly", "open_orca"])
def test_context_without_a_question_is_no_item(name: str) -> None:
    value = {"input": "a", "output": "b", "context": "a", "response": "b", "system_prompt": "a", "instruction": " "}
    drafts, _ = read(name, value)
    assert drafts[0].text is None


def test_conversations_without_a_reply_are_counted_and_so_is_what_follows_the_last_one() -> None:
    user, reply = {"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}
    drafts, notes = read(
        "share_gpt",
        {"conversations": [user, reply, user]},
        {"conversations": [user]},
        {"conversations": [reply]},
        {"conversations": None},
    )
    assert [(draft.text, draft.answer) for draft in drafts] == [("a", "b")]
    assert notes == {TRAILING: 1, NO_REPLY: 3}


def test_negatives_are_a_text_a_list_or_numbered() -> None:
    base = {"anchor": "a", "positive": "p"}
    drafts, _ = read(
        "triplet",
        base,
        {**base, "negative": "n"},
        {**base, "negatives": ["n", None, "m"]},
        {**base, "negative_10": "c", "negative_2": "b", "negative_1": "a"},
    )
    assert [draft.negatives for draft in drafts] == [(), ("n",), ("n", "m"), ("a", "b", "c")]


def test_a_completion_of_several_messages_is_written_as_a_conversation() -> None:
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]
    value = {"prompt": turns, "completion": [{"role": "assistant", "content": "d"}]}
    decisions = DecisionLog()
    known = FORMATS["prompt_completion"]
    columns = known.resolve(list(value), NONE_GIVEN)  # type: ignore[attr-defined]
    (draft,) = known.drafts([Record("file", 1, 0, value)], columns, decisions=decisions)
    assert (draft.text, draft.answer) == ("User: a\nAssistant: b\nUser: c", "d")


def test_the_definition_of_a_flat_task_stands_before_its_inputs() -> None:
    value = {"definition": "Say the opposite.", "inputs": "hot", "targets": "cold", "id": "task1-a"}
    drafts, _ = read("flan", value, {**value, "inputs": " "})
    assert [(draft.text, draft.answer) for draft in drafts] == [("Say the opposite.\n\nhot", "cold"), (None, "cold")]
