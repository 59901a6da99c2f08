from hypothesis import given
from hypothesis import strategies as st

from harness.user_files.decision_log import DecisionLog
from harness.user_files.formats.dialogue import (
    NO_TEXT,
    TOOLS,
    Turn,
    conversation_text,
    is_conversation,
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


def test_messages_of_tools_and_without_text_are_left_out_and_counted() -> None:
    decisions = DecisionLog()
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": "x"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"name": "search"}]},
        {"role": "tool", "content": "42"},
        {"from": "observation", "value": "43"},
        {"role": "assistant", "content": "It is 42."},
    ]
    assert read_turns(messages, decisions) == [Turn("user", "Look"), Turn("assistant", "It is 42.")]
    assert {note.what: note.count for note in decisions.notes()} == {NO_TEXT: 1, TOOLS: 2}


def test_an_unknown_role_is_named_in_the_note() -> None:
    decisions = DecisionLog()
    messages = [{"role": "moderator", "content": "Stop."}, {"role": "user", "content": "Hi"}]
    assert read_turns(messages, decisions) == [Turn("user", "Hi")]
    (note,) = decisions.notes()
    assert note.what == "messages of the unknown role moderator were left out of conversations"


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
