import json
from pathlib import Path
from typing import Any

import pytest

from harness.user_files.formats.context import UNREAD_HISTORY, UNREAD_MEDIA
from harness.user_files.reading import read_items
from tests.user_files.read_records import notes, read
from tests.user_files.written_containers import write_lines

BEFORE = {"system": "You sell parts.", "history": [["Do you have it?", "We do."]]}
CONVERSATION = "You sell parts.\n\nUser: Do you have it?\nAssistant: We do.\nUser: {}"


@pytest.mark.parametrize(
    ("record", "question"),
    [
        ({"instruction": "The price?", "input": "part 7", "output": "3"}, "The price?\n\npart 7"),
        ({"instruction": "The price?", "context": "", "response": "3"}, "The price?"),
        ({"prompt": "The price?", "completion": "3"}, "The price?"),
        ({"inputs": "The price?", "targets": "3"}, "The price?"),
        ({"question": "The price?", "answer": "3"}, "The price?"),
        ({"prompt": "The price?", "chosen": "3", "rejected": "4"}, "The price?"),
        (
            {"messages": [{"role": "user", "content": "The price?"}, {"role": "assistant", "content": "3"}]},
            "The price?",
        ),
        ({"question": "The price?", "choices": ["3", "4"], "answer": "A"}, "The price?\n\nA. 3\nB. 4"),
        (
            {"prompt": "The price?", "completions": [{"text": "3", "score": 2}, {"text": "4", "score": 1}]},
            "The price?",
        ),
    ],
)
def test_system_prompt_and_earlier_turns_stand_before_the_question(
    tmp_path: Path, record: dict[str, Any], question: str
) -> None:
    reading = read_items(write_lines(tmp_path, {**record, **BEFORE}, {**record, **BEFORE}))
    assert reading.items[0].text == CONVERSATION.format(question)
    assert reading.items[0].answer == "3"
    assert reading.unused == ()


def alpaca(**more: Any) -> dict[str, Any]:
    return {"instruction": "i", "input": "", "output": "o", **more}


@pytest.mark.parametrize(
    ("history", "text"),
    [
        ([], "i"),
        (None, "i"),
        ("", "i"),
        ("[]", "i"),
        ([["a", "b"], ["c", "d"]], "User: a\nAssistant: b\nUser: c\nAssistant: d\nUser: i"),
        (json.dumps([["a", "b"]]), "User: a\nAssistant: b\nUser: i"),
        ("[['a', 'b']]", "User: a\nAssistant: b\nUser: i"),
        ([{"role": "user", "content": "a"}, {"role": "ai", "content": "b"}], "User: a\nAssistant: b\nUser: i"),
        ("They spoke of parts.", "They spoke of parts.\n\ni"),
    ],
)
def test_history_may_be_pairs_messages_or_text(tmp_path: Path, history: Any, text: str) -> None:
    assert read(tmp_path, alpaca(history=history), alpaca(history=history)).items[0].text == text


def test_a_history_of_another_shape_leaves_the_record_out(tmp_path: Path) -> None:
    good = alpaca(history=[["a", "b"]])
    reading = read(tmp_path, good, alpaca(history=[["a"]]), good, alpaca(history=[1, 2]))
    assert len(reading.items) == 2
    assert notes(reading) == {UNREAD_HISTORY: 2}


def test_tools_are_part_of_the_system_prompt_and_empty_ones_are_not(tmp_path: Path) -> None:
    tools = [{"name": "stock", "parameters": {"part": "int"}}]
    reading = read(tmp_path, alpaca(system="s", tools=json.dumps(tools)), alpaca(tools="[]"), alpaca(tools=tools))
    assert [item.text for item in reading.items] == [
        f"s\n\nTools: {json.dumps(tools)}\n\ni",
        "i",
        f"Tools: {json.dumps(tools)}\n\ni",
    ]


def test_a_passage_follows_the_question(tmp_path: Path) -> None:
    records = [{"question": "Who?", "context": f"passage {n}", "answer": "she"} for n in range(2)]
    reading = read(tmp_path, *records)
    assert reading.items[0].text == "Who?\n\npassage 0"
    assert reading.unused == ()


def test_records_with_pictures_are_left_out(tmp_path: Path) -> None:
    reading = read(tmp_path, alpaca(images=["a.png"]), alpaca(images=[]), alpaca(images=None))
    assert len(reading.items) == 2
    assert notes(reading) == {UNREAD_MEDIA.format(name="images"): 1}


def test_a_column_that_the_user_names_is_no_context(tmp_path: Path) -> None:
    records = [{"system": f"question {n}", "reply": "a"} for n in range(2)]
    assert read(tmp_path, *records, input="system", output="reply").items[0].text == "question 0"
