from pathlib import Path

from harness.user_files.columns import NONE_GIVEN
from harness.user_files.decision_log import DecisionLog
from harness.user_files.formats.dialogue import UNREAD_PART
from harness.user_files.formats.registry import FORMATS
from harness.user_files.record import Record
from tests.user_files.read_records import notes, read


def test_a_completion_of_several_messages_is_written_as_a_conversation() -> None:
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]
    value = {"prompt": turns, "completion": [{"role": "assistant", "content": "d"}]}
    decisions = DecisionLog()
    known = FORMATS["prompt_completion"]
    columns = known.resolve(list(value), NONE_GIVEN)  # type: ignore[attr-defined]
    (draft,) = known.drafts([Record("file", 1, 0, value)], columns, decisions=decisions)
    assert (draft.text, draft.answer) == ("User: a\nAssistant: b\nUser: c", "d")


def test_of_a_completion_with_tools_only_the_last_reply_is_learnt(tmp_path: Path) -> None:
    call = {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "stock"}}]}
    completion = [call, {"role": "tool", "content": "42"}, {"role": "assistant", "content": "We have 42."}]
    reading = read(tmp_path, *({"prompt": "How many?", "completion": completion} for _ in range(2)))
    assert reading.items[0].text == 'User: How many?\nTool call: {"name": "stock"}\nTool result: 42'
    assert reading.items[0].answer == "We have 42."


def test_a_completion_that_cannot_be_read_leaves_the_record_out(tmp_path: Path) -> None:
    good = {"prompt": "a", "completion": [{"role": "assistant", "content": "b"}]}
    picture = {"prompt": "a", "completion": [{"role": "assistant", "content": [{"type": "image", "image": "x"}]}]}
    reading = read(tmp_path, good, good, picture, {"prompt": "a", "completion": None})
    assert len(reading.items) == 2
    assert notes(reading) == {
        UNREAD_PART.format(name="image"): 1,
        "records with an empty answer were left out": 1,
    }
