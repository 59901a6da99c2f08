from hypothesis import given
from hypothesis import strategies as st

from harness.user_files.decisions import DecisionLog
from harness.user_files.dialogue import Turn, as_text, is_turns, question_and_answer, read_transcript, read_turns

DIALOGUE = [Turn("user", "Do you have Dune?"), Turn("assistant", "We do."), Turn("user", "And its sequel?")]


def test_one_turn_is_written_as_it_is_and_several_with_names() -> None:
    assert as_text(DIALOGUE[:1]) == "Do you have Dune?"
    assert as_text(DIALOGUE) == "User: Do you have Dune?\nAssistant: We do.\nUser: And its sequel?"


def test_the_system_message_comes_first_with_a_blank_line() -> None:
    system = Turn("system", "You are a librarian.")
    assert as_text([system, DIALOGUE[0]]) == "You are a librarian.\n\nDo you have Dune?"
    assert as_text([system, *DIALOGUE]).startswith("You are a librarian.\n\nUser: Do you")
    assert as_text([system]) == "You are a librarian."


def test_the_last_assistant_turn_is_the_answer() -> None:
    assert question_and_answer([*DIALOGUE, Turn("assistant", "Out."), Turn("user", "Oh.")]) == (
        as_text(DIALOGUE),
        "Out.",
    )


def test_without_a_reply_to_a_user_there_is_no_answer() -> None:
    assert question_and_answer([]) is None
    assert question_and_answer(DIALOGUE[:1]) is None
    assert question_and_answer(DIALOGUE[1:2]) is None
    assert question_and_answer([Turn("system", "a"), Turn("assistant", "b")]) is None


def test_tool_calls_pictures_and_tools_are_left_out_and_counted() -> None:
    decisions = DecisionLog("file")
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": "x"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"name": "search"}]},
        {"role": "tool", "content": "42"},
        {"from": "observation", "value": "43"},
        {"role": "assistant", "content": "It is 42."},
    ]
    assert read_turns(messages, decisions) == [Turn("user", "Look"), Turn("assistant", "It is 42.")]
    assert [(note.count, note.what.split(" were ")[0]) for note in decisions.notes()] == [
        (1, "messages without words (tool calls, pictures)"),
        (2, "messages of tools and of unknown roles"),
    ]


def test_what_is_no_list_of_messages_has_no_turns() -> None:
    assert read_turns("hi", DecisionLog("file")) == read_turns(["hi", None], DecisionLog("file")) == []


words = st.text("ab :\n", min_size=1).map(str.strip).filter(lambda text: text and "\n\n" not in text)


@given(st.lists(st.tuples(st.sampled_from(["user", "assistant"]), words), min_size=1, max_size=4))
def test_transcripts_are_read_as_they_were_written(spoken: list[tuple[str, str]]) -> None:
    names = {"user": "Human", "assistant": "Assistant"}
    text = "".join(f"\n\n{names[role]}: {said}" for role, said in spoken)
    assert [(turn.role, turn.words) for turn in read_transcript(text)] == spoken


def test_a_text_with_names_in_its_middle_is_no_transcript() -> None:
    assert read_transcript("He wrote:\n\nHuman: hi") == []
    assert read_transcript("Humans: hi") == []
    assert read_transcript("") == []


def test_a_message_that_only_calls_a_tool_is_a_message() -> None:
    call = {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "search"}}]}
    assert is_turns([{"role": "user", "content": "Look"}, call])
    assert not is_turns([{"role": "user"}])
