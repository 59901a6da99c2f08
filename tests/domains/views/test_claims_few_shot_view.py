from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from harness.domains.views.claims import claims_view
from harness.domains.views.claims_few_shot import SHOTS, claims_few_shot_view, solved_claims
from harness.domains.views.contract import Content
from harness.items.rows import Question
from tests.domains.views.contents import rich


def solved_in(row: Question) -> list[tuple[str, str]]:
    """Prompt and answer of each solved claim before the question."""
    *solved, _ = row.prompt.split("\n\n")
    return [(text, answer) for text, answer in (part.rsplit("\nAnswer: ", 1) for part in solved)]


def test_the_held_out_claims_keep_their_order_and_only_the_prompt_changes() -> None:
    content = rich()
    originals = [row for row in claims_view(content) if row.split != "train"]
    rows = claims_few_shot_view(content)
    assert [replace(row, prompt=original.prompt) for row, original in zip(rows, originals, strict=True)] == originals
    assert all(row.prompt.endswith("\n\n" + original.prompt) for row, original in zip(rows, originals, strict=True))


def test_every_question_follows_the_same_solved_training_claims_of_which_half_are_true() -> None:
    content = rich()
    train = {(row.prompt, row.answer) for row in claims_view(content) if row.split == "train"}
    solved = [solved_in(row) for row in claims_few_shot_view(content)]
    assert all(shots == solved[0] for shots in solved)
    assert set(solved[0]) <= train
    assert Counter(answer for _, answer in solved[0]) == {"True": SHOTS // 2, "False": SHOTS // 2}


def test_the_solved_claims_are_of_different_items() -> None:
    solved = solved_in(claims_few_shot_view(rich())[0])
    assert len({re.findall(r"thing \d+", text)[0] for text, _ in solved}) == SHOTS


def test_another_seed_shows_other_solved_claims() -> None:
    content = rich()
    splits = content.domain.splits.model_copy(update={"seed": 1})
    other = Content(content.items, content.split, content.domain.model_copy(update={"splits": splits}))
    first, second = (solved_in(claims_few_shot_view(one)[0]) for one in (content, other))
    assert first != second


def test_a_cluster_is_shown_once() -> None:
    def claim(name: str, cluster: str, answer: str) -> Question:
        return Question(name, "train", cluster, "t", "p", ("True", "False"), answer)

    claims = [claim("1", "a", "True"), claim("2", "a", "False"), claim("3", "b", "True"), claim("4", "c", "True")]
    assert [row.id for row in solved_claims(claims)] == ["1", "3"]


def test_with_too_few_training_claims_the_view_is_empty() -> None:
    content = rich()
    kept = next(item.id for item in content.items if content.split[item.id] == "train")
    items = [item for item in content.items if item.id == kept or content.split[item.id] != "train"]
    assert claims_view(Content(items, content.split, content.domain))
    assert not claims_few_shot_view(Content(items, content.split, content.domain))
