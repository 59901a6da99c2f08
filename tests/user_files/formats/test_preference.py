from typing import Any

from harness.user_files.columns import NONE_GIVEN
from harness.user_files.decision_log import DecisionLog
from harness.user_files.formats.preference import NO_COMMON, SAME, TAIL, Preference
from harness.user_files.record import Record


def read(**value: Any) -> tuple[list[tuple[str | None, str | None, tuple[str, ...]]], list[str]]:
    decisions = DecisionLog()
    assert Preference().fits(value)
    drafts = list(Preference().drafts([Record("file", 1, 0, value)], NONE_GIVEN, decisions=decisions))
    return [(draft.text, draft.answer, draft.wrong_answers) for draft in drafts], [
        note.what for note in decisions.notes()
    ]


def turns(*words: str) -> list[dict[str, str]]:
    return [{"role": ("user", "assistant")[place % 2], "content": said} for place, said in enumerate(words)]


def test_the_prompt_is_all_that_both_conversations_share() -> None:
    drafts, notes = read(chosen=turns("a", "b", "c", "good"), rejected=turns("a", "b", "c", "bad"))
    assert drafts == [("User: a\nAssistant: b\nUser: c", "good", ("bad",))]
    assert notes == []


def test_what_follows_the_first_different_reply_is_cut_off_and_counted() -> None:
    drafts, notes = read(chosen=turns("a", "good", "x", "y"), rejected=turns("a", "bad", "z", "u"))
    assert drafts == [("a", "good", ("bad",))]
    assert notes == [TAIL]


def test_conversations_that_part_at_a_user_turn_are_left_out_and_counted() -> None:
    assert read(chosen=turns("a", "b", "c", "d"), rejected=turns("a", "b", "x", "y")) == ([], [NO_COMMON])
    assert read(chosen=turns("a", "b", "c", "d"), rejected=turns("a", "b")) == ([], [NO_COMMON])


def test_equal_replies_are_left_out_and_counted() -> None:
    assert read(prompt="a", chosen="b", rejected="b ") == ([], [SAME])
    assert read(chosen=turns("a", "b"), rejected=turns("a", "b")) == ([], [SAME])


def test_a_prompt_of_its_own_goes_with_replies_in_any_form() -> None:
    expected = [("a", "good", ("bad",))]
    good, bad = turns("a", "good")[1:], turns("a", "bad")[1:]
    assert read(prompt=turns("a"), chosen=good, rejected=bad)[0] == expected
    assert read(prompt="a", chosen=good, rejected=bad)[0] == expected
    assert read(prompt="a", chosen=turns("a", "good"), rejected=turns("a", "bad"))[0] == expected
    assert read(prompt="\n\nHuman: a\n\nAssistant:", chosen="good", rejected="bad")[0] == expected
    assert read(question="a", chosen="good", rejected="bad")[0] == expected
    value = {"conversations": [{"from": "human", "value": "a"}], "chosen": {"from": "gpt", "value": "good"}}
    assert read(**value, rejected={"from": "gpt", "value": "bad"})[0] == expected


def test_system_and_input_beside_the_prompt_are_part_of_the_text() -> None:
    drafts, _ = read(system="s", question="q", chosen="good", rejected="bad")
    assert drafts[0][0] == "s\n\nq"
    drafts, _ = read(instruction="i", input="j", chosen="good", rejected="bad")
    assert drafts[0][0] == "i\n\nj"


def test_a_missing_reply_gives_nothing_to_prefer() -> None:
    assert read(prompt="a", chosen="b", rejected=None)[0] == [("a", None, ())]
    assert read(chosen=turns("a", "b"), rejected=None)[0] == [(None, None, ())]


def test_a_text_against_a_list_is_no_preference() -> None:
    assert not Preference().fits({"chosen": "a", "rejected": turns("a", "b")})
