"""Pairs of a domain's texts, with how near they stand to each other in its taxonomy."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.items.rows import Question

AMONG = 1000
"""Questions among which partners are sought, the first of them: the cost is their number squared."""

HIGHEST = 3
"""The grade of two texts of one cluster."""

_CODE = re.compile(r"[A-Z]?\d[\dA-Z]+")  # a heading of the Harmonized System, a category of ICD-10


@dataclass(frozen=True)
class TextPair:
    """Two texts with what holds of them."""

    first: str
    second: str
    value: int


def label_pairs(questions: Sequence[Question], *, seed: int) -> list[TextPair]:
    """For each question one pair with a text of its label (1) and one with a text of another label (0).

    A question for which either is missing gives none, so that there are equally many of both.
    """
    return _pairs(questions, _same_label, seed=seed, values=(0, 1), complete=True)


def graded_pairs(questions: Sequence[Question], *, seed: int) -> list[TextPair]:
    """For each question one pair of each grade that it has a partner for: 0 with another label, 1 with the same
    label, 3 (`HIGHEST`) in the same cluster.

    In domains that file their items under codes, 2 stands between: same label, and clusters that begin with the same
    two characters (a chapter of the Harmonized System, a block of ten categories of ICD-10).
    """
    coded = filed_under_codes(questions)

    def grade(one: Question, other: Question) -> int:
        if one.answer != other.answer:
            return 0
        if one.cluster == other.cluster:
            return HIGHEST
        return 2 if coded and one.cluster[:2] == other.cluster[:2] else 1

    return _pairs(questions, grade, seed=seed, values=range(HIGHEST + 1), complete=False)


def filed_under_codes(questions: Sequence[Question]) -> bool:
    """Whether every item's id is a code that begins with that of its cluster: `0401.40` under `0401`."""
    return all(_CODE.fullmatch(row.cluster) and row.id.startswith(row.cluster) for row in questions)


def _same_label(one: Question, other: Question) -> int:
    return int(one.answer == other.answer)


def _pairs(
    questions: Sequence[Question],
    relation: Callable[[Question, Question], int],
    *,
    seed: int,
    values: Sequence[int],
    complete: bool,
) -> list[TextPair]:
    rng = random.Random(f"text pairs {seed}")
    among = questions[:AMONG]
    pairs: list[TextPair] = []
    for one in among:
        partners: dict[int, list[Question]] = defaultdict(list)
        for other in among:
            if other is not one:
                partners[relation(one, other)].append(other)
        if complete and len(partners) < len(values):
            continue
        pairs += [TextPair(one.text, rng.choice(partners[value]).text, value) for value in values if partners[value]]
    return pairs
