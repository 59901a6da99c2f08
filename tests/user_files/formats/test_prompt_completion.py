from harness.user_files.columns import NONE_GIVEN
from harness.user_files.decision_log import DecisionLog
from harness.user_files.formats.registry import FORMATS
from harness.user_files.record import Record


def test_a_completion_of_several_messages_is_written_as_a_conversation() -> None:
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]
    value = {"prompt": turns, "completion": [{"role": "assistant", "content": "d"}]}
    decisions = DecisionLog()
    known = FORMATS["prompt_completion"]
    columns = known.resolve(list(value), NONE_GIVEN)  # type: ignore[attr-defined]
    (draft,) = known.drafts([Record("file", 1, 0, value)], columns, decisions=decisions)
    assert (draft.text, draft.answer) == ("User: a\nAssistant: b\nUser: c", "d")
