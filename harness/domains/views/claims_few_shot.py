"""The claims again, each after the same few solved ones: a task that few learn, with examples of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from harness.domains.views.claims import claims_view
from harness.domains.views.contract import Content, View
from harness.items.rows import Question

SHOTS = 4
"""Solved claims before each question, half of them true: an even number."""


def claims_few_shot_view(content: Content) -> list[Question]:
    """The held-out rows of `claims` under their own ids; empty where training has too few claims to show.

    The solved claims are training claims, the same for all questions, so that what stands before a question tells
    nothing about it.
    """
    claims = claims_view(content)
    train = [claim for claim in claims if claim.split == "train"]
    shots = solved_claims(content.rng("claims_few_shot").sample(train, len(train)))
    if len(shots) < SHOTS:
        return []
    before = "".join(f"{shot.prompt}\nAnswer: {shot.answer}\n\n" for shot in shots)
    return [replace(claim, prompt=before + claim.prompt) for claim in claims if claim.split != "train"]


def solved_claims(claims: Sequence[Question]) -> list[Question]:
    """The first claims of different clusters, as many true as false; fewer than `SHOTS` if there are no more."""
    chosen: list[Question] = []
    answers, clusters = Counter[str](), set[str]()
    for claim in claims:
        if answers[claim.answer] < SHOTS // 2 and claim.cluster not in clusters:
            chosen.append(claim)
            answers[claim.answer] += 1
            clusters.add(claim.cluster)
    return chosen


VIEWS = {
    "claims_few_shot": View(Question, claims_few_shot_view, "is this statement true or false, after four solved ones")
}
