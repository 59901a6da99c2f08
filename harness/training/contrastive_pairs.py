"""Pairs of texts that a sentence encoder learns labels from."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from harness.items.item import shuffle_key
from harness.items.rows import Question


@dataclass(frozen=True)
class TextPair:
    """Two texts, and how alike their vectors shall be."""

    first: str
    second: str
    similarity: float
    """Cosine: 1 for one label, 0 for two."""


def contrastive_pairs(questions: Sequence[Question], *, rounds: int, seed: int) -> list[TextPair]:
    """In each round, for every item, a pair with another item of its label and one with an item of another label.

    Section 3.1 of Tunstall et al. 2022 (arXiv 2209.11055), whose R is `rounds`. An item that is alone with its label
    has no positive pair: with itself it would teach nothing. What is drawn depends on the seed and the items, and
    not on their order.
    """
    ordered = sorted(questions, key=lambda question: shuffle_key(seed, question.id))
    of_label: dict[str, list[Question]] = defaultdict(list)
    for question in ordered:
        of_label[question.answer].append(question)
    others = {label: [q for q in ordered if q.answer != label] for label in of_label}
    rng = random.Random(seed)
    pairs = []
    for _ in range(rounds):
        for question in ordered:
            alike = [other for other in of_label[question.answer] if other.id != question.id]
            if alike:
                pairs.append(TextPair(question.text, rng.choice(alike).text, 1.0))
            if others[question.answer]:
                pairs.append(TextPair(question.text, rng.choice(others[question.answer]).text, 0.0))
    return pairs
