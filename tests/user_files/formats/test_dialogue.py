from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.user_files.decision_log import DecisionLog
from harness.user_files.formats.dialogue import (
    NO_TEXT,
    Turn,
    conversation_text,
    is_conversation,
    is_refused,
    question_and_answer,
    read_transcript,
    read_turns,
)

DIALOGUE = [Turn("user", "Do you have Dune?"), Turn("assistant", "We do."), Turn("user", "And its sequel?")]


def test_one_turn_is_written_as_it_is_and_several_with_names() -> None:
    assert conversation_text(DIALOGUE[:1]) == "Do you have Dune?"
    assert conversation_text(DIALOGUE) == "User: Do you have Dune?\nAssistant: We do.\nUser: And its sequel?"


def test_the_system_message_comes_first_with_a_blank_line() -> None:
    system = Turn("system", "You are a librarian.")
    assert conversation_text([system, DIALOGUE[0]]) == "You are a librarian.\n\nDo you have Dune?"
    assert conversation_text([system, *DIALOGUE]).startswith("You are a librarian.\n\nUser: Do you")
    assert conversation_text([system]) == "You are a librarian."


def test_the_last_assistant_turn_is_the_answer() -> None:
    assert question_and_answer([*DIALOGUE, Turn("assistant", "Out."), Turn("user", "Oh.")]) == (
        conversation_text(DIALOGUE),
        "Out.",
    )


def test_without_a_reply_to_a_user_there_is_no_answer() -> None:
    assert question_and_answer([]) is None
    assert question_and_answer(DIALOGUE[:1]) is None
    assert question_and_answer(DIALOGUE[1:2]) is None
    assert question_and_answer([Turn("system", "a"), Turn("assistant", "b")]) is None


def test_calls_and_results_of_tools_are_turns() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "stock", "arguments": '{"part": 7}'}}
    expected = "User: How many?\nTool call: {}\nTool result: 42\nAssistant: It is 42."
    of_openai = [
        {"role": "user", "content": "How many?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": "42", "tool_call_id": "1"},
        {"role": "assistant", "content": "It is 42."},
    ]
    written = '{"name": "stock", "arguments": "{\\"part\\": 7}"}'
    assert conversation_text(read_turns(of_openai, DecisionLog())) == expected.format(written)
    of_share_gpt = [
        {"from": "human", "value": "How many?"},
        {"from": "function_call", "value": written},
        {"from": "observation", "value": 42},
        {"from": "gpt", "value": "It is 42."},
    ]
    turns = read_turns(of_share_gpt, DecisionLog())
    assert conversation_text(turns) == expected.format(written)
    assert not is_refused(turns, DecisionLog())


def test_a_result_that_is_an_object_is_written_as_json() -> None:
    turns = read_turns([{"role": "tool", "content": {"stock": 3}}], DecisionLog())
    assert turns == [Turn("tool_result", '{"stock": 3}')]


def test_what_is_said_before_a_call_of_a_tool_is_no_answer() -> None:
    turns = read_turns(
        [
            {"role": "user", "content": "How many?"},
            {"role": "assistant", "content": "I look.", "tool_calls": [{"function": {"name": "stock"}}]},
        ],
        DecisionLog(),
    )
    assert question_and_answer(turns) is None


def test_a_reply_of_weight_0_is_context_and_no_answer() -> None:
    spoken = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "good", "weight": 1},
        {"role": "user", "content": "b"},
        {"role": "assistant", "content": "bad", "weight": 0},
    ]
    assert question_and_answer(read_turns(spoken, DecisionLog())) == ("a", "good")


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"role": "moderator", "content": "Stop."}, "a message has the unknown role moderator"),
        ({"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image_url"}]}, "the type image_url"),
        ({"role": "tool", "content": [{"type": "image", "source": "x"}]}, "a message holds a part of the type image"),
    ],
)
def test_a_message_that_cannot_be_read_refuses_the_record_with_its_reason(message: dict[str, Any], reason: str) -> None:
    decisions = DecisionLog()
    turns = read_turns([message, {"role": "assistant", "content": "Hi"}], decisions)
    assert is_refused(turns, decisions)
    (note,) = decisions.notes()
    assert note.what.startswith("records were left out, because")
    assert reason in note.what


def test_parts_may_have_their_text_under_several_keys() -> None:
    parts = [{"type": "text", "value": "a"}, {"type": "input_text", "text": "b"}, {"text": {"value": "c"}}, "d"]
    assert read_turns([{"role": "user", "content": parts}], DecisionLog()) == [Turn("user", "a\nb\nc\nd")]


def test_messages_without_any_text_are_counted() -> None:
    decisions = DecisionLog()
    assert read_turns([{"role": "user", "content": " "}, {"role": "user", "content": None}], decisions) == []
    assert {note.what: note.count for note in decisions.notes()} == {NO_TEXT: 2}


@pytest.mark.parametrize(
    ("asks", "replies"), [("human", "ai"), ("Human", "AI"), ("user", "model"), ("customer", "agent"), ("user", "bot")]
)
def test_usual_names_of_roles_are_known(asks: str, replies: str) -> None:
    messages = [{"role": asks, "content": "a"}, {"role": replies, "content": "b"}]
    assert question_and_answer(read_turns(messages, DecisionLog())) == ("a", "b")


def test_what_is_no_list_of_messages_has_no_turns() -> None:
    assert read_turns("hi", DecisionLog()) == read_turns(["hi", None], DecisionLog()) == []


words = st.text("ab :\n", min_size=1).map(str.strip).filter(lambda text: text and "\n\n" not in text)


@given(st.lists(st.tuples(st.sampled_from(["user", "assistant"]), words), min_size=1, max_size=4))
def test_transcripts_are_read_as_they_were_written(spoken: list[tuple[str, str]]) -> None:
    names = {"user": "Human", "assistant": "Assistant"}
    text = "".join(f"\n\n{names[role]}: {said}" for role, said in spoken)
    assert [(turn.role, turn.text) for turn in read_transcript(text)] == spoken


def test_a_text_with_names_in_its_middle_is_no_transcript() -> None:
    assert read_transcript("He wrote:\n\nHuman: hi") == []
    assert read_transcript("Humans: hi") == []
    assert read_transcript("") == []


def test_a_message_that_only_calls_a_tool_is_a_message() -> None:
    call = {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "search"}}]}
    assert is_conversation([{"role": "user", "content": "Look"}, call])
    assert not is_conversation([{"role": "user"}])
