"""Order pairs so that those of one batch have about the same length: a batch is padded to its longest text."""

from __future__ import annotations

import random
from collections.abc import Sequence

from harness.training.lessons.preference_pairs import EncodedPair

BATCHES_IN_A_GROUP = 8
"""Pairs are sorted within groups of this many batches. Larger groups need less padding, and make batches more alike:
pairs about one subject have similar lengths."""


def in_length_groups(pairs: Sequence[EncodedPair], *, batch_size: int, seed: int) -> list[EncodedPair]:
    """The same pairs in a seeded random order, to be read one after another in batches of `batch_size`.

    The pairs are shuffled, cut into groups of `BATCHES_IN_A_GROUP` batches, and sorted by length within each group;
    then the batches are shuffled. A last batch that is not full stays last.
    """
    rng = random.Random(seed)
    shuffled = rng.sample(list(pairs), len(pairs))
    size = batch_size * BATCHES_IN_A_GROUP
    ordered = [
        pair for start in range(0, len(pairs), size) for pair in sorted(shuffled[start : start + size], key=_length)
    ]
    batches = [ordered[start : start + batch_size] for start in range(0, len(ordered), batch_size)]
    full, rest = [one for one in batches if len(one) == batch_size], [one for one in batches if len(one) < batch_size]
    return [pair for batch in [*rng.sample(full, len(full)), *rest] for pair in batch]


def _length(pair: EncodedPair) -> int:
    """Tokens of the longer of the two texts."""
    return len(pair.prompt) + max(len(pair.chosen), len(pair.rejected))
