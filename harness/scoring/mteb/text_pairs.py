"""Pairs of a domain's texts, with a grade of how near they are in its taxonomy."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.items.rows import Question

AMONG = 1000
"""Number of questions, the first ones, that are paired: the cost grows with its square."""

HIGHEST = 3
"""The grade of two texts of the same cluster."""

_CODE = re.compile(r"[A-Z]?\d[\dA-Z]+")  # a heading of the Harmonized System, a category of ICD-10


@dataclass(frozen=True)
class TextPair:
    """Two texts with their label or grade."""

    first: str
    second: str
    value: int


def label_pairs(questions: Sequence[Question], *, seed: int) -> list[TextPair]:
    """For each question one pair with a text of the same label (1) and one with a text of another label (0).

    A question that lacks a partner for either pair is left out, so that there are equally many pairs of both values.
    """
    return _pairs(questions, _same_label, seed=seed, values=(0, 1), complete=True)


def graded_pairs(questions: Sequence[Question], *, seed: int) -> list[TextPair]:
    """For each question one pair of each grade for which it has a partner: 0 for another label, 1 for the same label,
    3 (`HIGHEST`) for the same cluster.

    In domains whose items have codes there is also grade 2: same label, and clusters whose codes begin with the same
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
    """Whether every item's id is a code that begins with its cluster's code: `0401.40` in `0401`."""
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
