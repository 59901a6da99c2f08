"""Pairs of texts from which a sentence encoder learns labels."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from harness.items.item import shuffle_key
from harness.items.rows import Question


@dataclass(frozen=True)
class TextPair:
    """Two texts, and the similarity that their vectors should have."""

    first: str
    second: str
    similarity: float
    """Cosine similarity: 1 for texts of the same label, 0 for texts of different labels."""


def contrastive_pairs(questions: Sequence[Question], *, rounds: int, seed: int) -> list[TextPair]:
    """In each round every item forms one pair with an item of its label and one pair with an item of another label.

    Source: section 3.1 of Tunstall et al. 2022 (arXiv 2209.11055); `rounds` is R there. An item whose label no other
    item has forms no positive pair: a text paired with itself teaches nothing. The pairs depend on the seed and the
    items, but not on the order of `questions`.
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
