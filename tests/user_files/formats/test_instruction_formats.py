import pytest

from tests.user_files.drafted import drafted


@pytest.mark.parametrize("name", ["alpaca", "dolly", "open_orca"])
def test_context_without_a_question_is_no_item(name: str) -> None:
    value = {"input": "a", "output": "b", "context": "a", "response": "b", "system_prompt": "a", "instruction": " "}
    drafts, _ = drafted(name, value)
    assert drafts[0].text is None


def test_the_definition_of_a_flat_task_stands_before_its_inputs() -> None:
    value = {"definition": "Say the opposite.", "inputs": "hot", "targets": "cold", "id": "task1-a"}
    drafts, _ = drafted("flan", value, {**value, "inputs": " "})
    assert [(draft.text, draft.answer) for draft in drafts] == [("Say the opposite.\n\nhot", "cold"), (None, "cold")]
