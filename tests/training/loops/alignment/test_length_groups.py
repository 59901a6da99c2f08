"""Pairs of one batch have about the same length, and no pair is lost."""

import random
from typing import Any

from harness.training.lessons.preference_pairs import EncodedPair
from harness.training.loops.alignment.length_groups import in_length_groups


def pairs(count: int) -> list[EncodedPair]:
    rng = random.Random(1)
    return [
        EncodedPair([place] * rng.choice([20, 40, 150]), [1] * rng.randint(1, 9), [2], truncated=False)
        for place in range(count)
    ]


def batches(values: list[Any], size: int) -> list[list[Any]]:
    return [values[start : start + size] for start in range(0, len(values), size)]


def padding(ordered: list[EncodedPair], size: int) -> float:
    lengths = [len(pair.prompt) + len(pair.chosen) for pair in ordered]
    padded: int = sum(max(batch) * len(batch) for batch in batches(lengths, size))
    return 1 - sum(lengths) / padded


def test_every_pair_is_read_once_and_little_is_padding() -> None:
    given = pairs(512)
    ordered = in_length_groups(given, batch_size=16, seed=0)
    assert sorted(pair.prompt[0] for pair in ordered) == list(range(512))
    assert padding(given, 16) > 0.4
    assert padding(ordered, 16) < 0.15


def test_the_order_follows_the_seed_and_does_not_run_from_short_to_long() -> None:
    given = pairs(256)
    first = in_length_groups(given, batch_size=8, seed=0)
    assert first == in_length_groups(given, batch_size=8, seed=0)
    assert first != in_length_groups(given, batch_size=8, seed=1)
    longest = [max(len(pair.prompt) for pair in batch) for batch in batches(first, 8)]
    assert longest != sorted(longest)


def test_a_batch_that_is_not_full_stays_last() -> None:
    ordered = in_length_groups(pairs(21), batch_size=8, seed=3)
    assert len(ordered) == 21
    assert [len(batch) for batch in batches(ordered, 8)] == [8, 8, 5]
