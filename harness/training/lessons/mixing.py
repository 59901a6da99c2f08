"""Decide how many examples each task or domain contributes to a mixture, and mix them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from harness.errors import ConfigError, DataError, did_you_mean
from harness.items.item import shuffle_key

T = TypeVar("T")


def examples_proportional(sizes: Mapping[str, int], *, cap: int, temperature: float = 1.0) -> dict[str, float]:
    """Task -> its share of the mixture. Shares sum to 1: r_m ∝ min(n_m, cap) ^ (1 / temperature).

    This is the examples-proportional mixing of T5, with an artificial size limit and temperature scaling (Raffel et
    al. 2020, arXiv 1910.10683, section 3.5.2). The cap stops a huge task from crowding out the others. A temperature of
    1 keeps the proportions; the higher it is, the more equal the shares. A task of size 0 gets no share.

    Raises:
        ConfigError: a size is negative, all sizes are 0, the cap is below 1, or the temperature is not above 0.
    """
    if cap < 1:
        raise ConfigError(f"the cap of a mixture is {cap}", expected="1 or more examples")
    if not temperature > 0:
        raise ConfigError(
            f"the temperature of a mixture is {temperature}",
            expected="above 0; 1 keeps the proportions",
            hint="for equal shares use uniform mixing",
        )
    for task, size in sizes.items():
        if size < 0:
            raise ConfigError(f'the size of "{task}" is {size}', expected="0 or more examples")
    limited = {task: min(size, cap) for task, size in sizes.items()}
    largest = max(limited.values(), default=0)
    # relative to the largest size, so that a low temperature does not overflow
    return weighted({task: (size / largest) ** (1 / temperature) if size else 0.0 for task, size in limited.items()})


def uniform(tasks: Sequence[str]) -> dict[str, float]:
    """The same share for every task, as in the "equal mixing" of T5."""
    return weighted(dict.fromkeys(tasks, 1.0))


def weighted(weights: Mapping[str, float]) -> dict[str, float]:
    """Shares in proportion to the weights. They sum to 1.

    Raises:
        ConfigError: no weight is above 0, or one is negative, infinite or not a number (NaN).
    """
    for task, weight in weights.items():
        if not (weight >= 0 and math.isfinite(weight)):
            raise ConfigError(f'the weight of "{task}" is {weight}', expected="a finite number, 0 or more")
    largest = max(weights.values(), default=0.0)
    if not largest:
        raise ConfigError("the mixture is empty", expected="at least one task with a weight above 0")
    relative = {task: weight / largest for task, weight in weights.items()}  # the sum of huge weights would overflow
    total = math.fsum(relative.values())
    return {task: weight / total for task, weight in relative.items()}


def allocate(rates: Mapping[str, float], total: int, *, available: Mapping[str, int] | None = None) -> dict[str, int]:
    """Task -> whole number of examples, `total` together, as close to the rates as whole numbers can be.

    The method is that of the largest remainder: every share is rounded down, and the examples that are left go to the
    tasks with the largest fractions (in a tie, to the task named first). A task with fewer examples than its share
    contributes all of them, and the other tasks share the rest in proportion.

    Raises:
        ConfigError: `total` is negative, or `weighted` refuses the rates.
        DataError: the tasks with a rate have fewer than `total` examples together, or `available` lacks a task.
    """
    if total < 0:
        raise ConfigError(f"the mixture shall have {total} examples", expected="0 or more")
    shares = {task: Fraction(share) for task, share in weighted(rates).items() if share > 0}
    most = {task: total if available is None else _available(available, task) for task in shares}
    if sum(most.values()) < total:
        raise DataError(
            f"the mixture shall have {total} examples, but its tasks have {sum(most.values())}",
            hint="ask for fewer examples, or give more tasks a weight above 0",
        )
    counts = dict.fromkeys(rates, 0)
    left = total
    while short := [task for task in shares if left * shares[task] / sum(shares.values()) > most[task]]:
        for task in short:  # the others share what is missing, which may be too much for one of them
            counts[task] = most[task]
            left -= most[task]
            del shares[task]
    return {**counts, **_largest_remainder(shares, left)}


def mixed(rows_by_task: Mapping[str, Sequence[T]], counts: Mapping[str, int], *, seed: int) -> list[T]:
    """The first `counts[task]` rows of each task, interleaved in a pseudo-random order that depends only on the seed.

    More rows of one task do not change the order of the other tasks' rows.

    Raises:
        ConfigError: a count is negative, or its task is unknown.
        DataError: a task has fewer rows than its count.
    """
    for task, count in counts.items():
        if task not in rows_by_task:
            raise ConfigError(f'unknown task "{task}" in a mixture', hint=did_you_mean(task, rows_by_task))
        if count < 0:
            raise ConfigError(f'{count} examples of "{task}"', expected="0 or more")
        if count > len(rows_by_task[task]):
            raise DataError(f'the mixture takes {count} examples of "{task}", which has {len(rows_by_task[task])}')
    places = [(task, place) for task, count in counts.items() for place in range(count)]
    places.sort(key=lambda entry: shuffle_key(seed, f"{entry[0]}/{entry[1]}"))
    return [rows_by_task[task][place] for task, place in places]


def _available(available: Mapping[str, int], task: str) -> int:
    if task not in available:
        raise DataError(f'the number of available examples of "{task}" is missing', hint=did_you_mean(task, available))
    return available[task]


def _largest_remainder(shares: Mapping[str, Fraction], total: int) -> dict[str, int]:
    """Whole numbers by the largest remainder. Shares are exact fractions, so rounding errors cannot decide a tie."""
    if not shares:
        return {}
    whole = sum(shares.values())
    exact = {task: total * share / whole for task, share in shares.items()}
    counts = {task: math.floor(share) for task, share in exact.items()}
    by_remainder = sorted(exact, key=lambda task: counts[task] - exact[task])  # stable: ties keep their order
    for task in by_remainder[: total - sum(counts.values())]:
        counts[task] += 1
    return counts
