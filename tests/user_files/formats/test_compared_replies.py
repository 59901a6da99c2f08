from pathlib import Path
from typing import Any

import pytest

from harness.user_files.formats.compared.scored_replies import EQUAL, UNSCORED
from harness.user_files.formats.compared.two_replies import TIE
from harness.user_files.formats.preference import NO_PROMPT, NOT_BETTER
from tests.user_files.drafted import drafted
from tests.user_files.read_records import notes, read


def two(**more: Any) -> dict[str, Any]:
    return {"prompt": "q", "response1": "x", "response2": "y", **more}


@pytest.mark.parametrize(
    ("record", "right"),
    [
        ({"history": "q", "human_ref_A": "x", "human_ref_B": "y", "labels": 1}, "x"),
        ({"history": "q", "human_ref_A": "x", "human_ref_B": "y", "labels": 0}, "y"),
        (two(winner="model_a"), "x"),
        (two(winner="B"), "y"),
        (two(preferred="2"), "y"),
        (two(overall_preference=-2), "x"),
        (two(preference_strength=3), "y"),
    ],
)
def test_the_better_of_two_replies_is_the_answer(record: dict[str, Any], right: str) -> None:
    (draft,), _ = drafted("two_replies", record)
    assert (draft.text, draft.answer, draft.wrong_answers) == ("q", right, ("y" if right == "x" else "x",))


@pytest.mark.parametrize("winner", ["tie", "tie (bothbad)", "", None, "model_c"])
def test_without_a_winner_there_is_no_preference(winner: Any) -> None:
    assert drafted("two_replies", two(winner=winner)) == ([], {TIE: 1})
    assert drafted("two_replies", two(overall_preference=0)) == ([], {TIE: 1})


def test_two_conversations_part_at_their_first_different_reply() -> None:
    def turns(reply: str) -> list[dict[str, str]]:
        return [{"role": "user", "content": "q"}, {"role": "assistant", "content": reply}]

    record = {"conversation_a": turns("x"), "conversation_b": turns("y"), "winner": "model_b"}
    (draft,), _ = drafted("two_replies", record)
    assert (draft.text, draft.answer, draft.wrong_answers) == ("q", "y", ("x",))


def test_the_highest_score_is_right_and_lower_ones_are_wrong() -> None:
    completions = [{"response": text, "score": score} for text, score in (("a", 2), ("b", "5"), ("c", 5.0), ("d", 4))]
    (draft,), found = drafted("scored_replies", {"instruction": "q", "completions": completions})
    assert (draft.answer, draft.other_answers, draft.wrong_answers) == ("b", ("c",), ("d", "a"))
    assert found == {}


def test_the_mean_of_aspects_wins_over_the_overall_score_of_ultrafeedback() -> None:
    completions = [
        {"response": "bad", "overall_score": 10, "fine-grained_score": 1.5},
        {"response": "good", "overall_score": 8, "fine-grained_score": 4.75},
    ]
    (draft,), _ = drafted("scored_replies", {"instruction": "q", "completions": completions})
    assert (draft.answer, draft.wrong_answers) == ("good", ("bad",))


def test_replies_without_a_score_and_prompts_without_a_difference_are_counted() -> None:
    completions = [{"response": "a", "score": 1}, {"response": "b", "score": "N/A"}, {"response": "", "score": 3}]
    assert drafted("scored_replies", {"prompt": "q", "completions": completions}) == ([], {UNSCORED: 2, EQUAL: 1})


def test_scores_that_contradict_the_preference_leave_it_out(tmp_path: Path) -> None:
    good = {"prompt": "q", "chosen": "a", "rejected": "b", "score_chosen": 8, "score_rejected": 3}
    reading = read(tmp_path, good, {**good, "score_chosen": 3}, {**good, "score_chosen": 2}, {**good, "chosen": "c"})
    assert len(reading.items) == 2
    assert notes(reading) == {NOT_BETTER: 2}
    assert reading.unused == ()


def test_plain_texts_without_a_prompt_are_refused_with_the_reason() -> None:
    drafts, found = drafted("preference", {"chosen": "The sky is blue.", "rejected": "The sky is green."})
    assert (drafts, found) == ([], {NO_PROMPT: 1})


def test_a_reply_after_something_that_cannot_be_read_is_refused() -> None:
    prompt = [{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}]
    drafts, found = drafted("preference", {"prompt": prompt, "chosen": "a", "rejected": "b"})
    assert drafts == []
    assert sum(found.values()) == 1
