"""View `claims_few_shot`: the claims, each after the same four solved claims.

Few recipes train on claims, so this view shows what examples in the prompt do for a task without training.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from harness.domains.views.claims import claims_view
from harness.domains.views.contract import Content, View
from harness.items.rows import Question

SHOTS = 4
"""Solved claims before each question. Half of them are true, so the number is even."""


def claims_few_shot_view(content: Content) -> list[Question]:
    """The held-out rows of `claims` with their ids; empty if the domain has too few training claims to show.

    The solved claims are training claims. They are the same for all questions, so they reveal nothing about a single
    question.
    """
    claims = claims_view(content)
    train = [claim for claim in claims if claim.split == "train"]
    shots = solved_claims(content.rng("claims_few_shot").sample(train, len(train)))
    if len(shots) < SHOTS:
        return []
    before = "".join(f"{shot.prompt}\nAnswer: {shot.answer}\n\n" for shot in shots)
    return [replace(claim, prompt=before + claim.prompt) for claim in claims if claim.split != "train"]


def solved_claims(claims: Sequence[Question]) -> list[Question]:
    """The first `SHOTS` claims of different clusters, as many true as false; fewer if there are not enough."""
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
