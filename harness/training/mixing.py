"""How many examples each task or domain gives to a mixture, and the mixture itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from harness.errors import ConfigError, DataError, did_you_mean
from harness.items.item import shuffle_key

T = TypeVar("T")


def examples_proportional(sizes: Mapping[str, int], *, cap: int, temperature: float = 1.0) -> dict[str, float]:
    """Task -> its share of the mixture, shares summing to 1: r_m ∝ min(n_m, cap) ^ (1 / temperature).

    T5's examples-proportional mixing with an artificial size limit and temperature scaling (Raffel et al. 2020,
    arXiv 1910.10683, section 3.5.2). The cap keeps a huge task from crowding out the others; a temperature of 1 leaves
    the proportions, and the higher it is, the nearer all shares come to each other. A task of size 0 gets none.

    Raises:
        ConfigError: a negative size or only empty tasks, a cap below 1, a temperature that is not above 0.
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
    # relative to the largest, so that a low temperature does not overflow
    return weighted({task: (size / largest) ** (1 / temperature) if size else 0.0 for task, size in limited.items()})


def uniform(tasks: Sequence[str]) -> dict[str, float]:
    """The same share for every task: "equal mixing" of T5."""
    return weighted(dict.fromkeys(tasks, 1.0))


def weighted(weights: Mapping[str, float]) -> dict[str, float]:
    """Shares in proportion to the weights, summing to 1.

    Raises:
        ConfigError: no weight is above 0, or one is negative, infinite or not a number.
    """
    for task, weight in weights.items():
        if not (weight >= 0 and math.isfinite(weight)):
            raise ConfigError(f'the weight of "{task}" is {weight}', expected="a finite number, 0 or more")
    largest = max(weights.values(), default=0.0)
    if not largest:
        raise ConfigError("a mixture needs something to mix", expected="at least one task with a weight above 0")
    relative = {task: weight / largest for task, weight in weights.items()}  # huge weights would not add up
    total = math.fsum(relative.values())
    return {task: weight / total for task, weight in relative.items()}


def allocate(rates: Mapping[str, float], total: int, *, available: Mapping[str, int] | None = None) -> dict[str, int]:
    """Task -> whole number of examples, `total` in all, as near to the rates as whole numbers can be.

    Largest remainder: each gets its share rounded down, what is left goes to the largest fractions (ties: to the task
    named first). A task with fewer examples than its share gives them all, and the others fill up in proportion.

    Raises:
        ConfigError: `total` is negative, or the rates are not as `weighted` wants them.
        DataError: the tasks with a rate have fewer than `total` examples, or `available` lacks one.
    """
    if total < 0:
        raise ConfigError(f"a mixture of {total} examples", expected="0 or more")
    shares = {task: Fraction(share) for task, share in weighted(rates).items() if share > 0}
    most = {task: total if available is None else _available(available, task) for task in shares}
    if sum(most.values()) < total:
        raise DataError(
            f"a mixture of {total} examples, but its tasks have {sum(most.values())}",
            hint="ask for fewer, or give weight to more tasks",
        )
    counts = dict.fromkeys(rates, 0)
    left = total
    while short := [task for task in shares if left * shares[task] / sum(shares.values()) > most[task]]:
        for task in short:  # what they lack is shared out anew, and may leave others short
            counts[task] = most[task]
            left -= most[task]
            del shares[task]
    return {**counts, **_largest_remainder(shares, left)}


def mixed(rows_by_task: Mapping[str, Sequence[T]], counts: Mapping[str, int], *, seed: int) -> list[T]:
    """The first `counts[task]` rows of each task, interleaved in a pseudo-random order that depends on the seed only.

    More rows of one task do not change the order of the others among themselves.

    Raises:
        ConfigError: a count is negative or its task unknown.
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
        raise DataError(f'nothing says how many examples "{task}" has', hint=did_you_mean(task, available))
    return available[task]


def _largest_remainder(shares: Mapping[str, Fraction], total: int) -> dict[str, int]:
    """Exact: shares are fractions, so the fractions that are compared carry no rounding error of their own."""
    if not shares:
        return {}
    whole = sum(shares.values())
    exact = {task: total * share / whole for task, share in shares.items()}
    counts = {task: math.floor(share) for task, share in exact.items()}
    by_remainder = sorted(exact, key=lambda task: counts[task] - exact[task])  # stable: ties in the order given
    for task in by_remainder[: total - sum(counts.values())]:
        counts[task] += 1
    return counts
