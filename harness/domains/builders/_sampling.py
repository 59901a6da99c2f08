"""Pseudo-random samples that stay the same when other items change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.errors import DataError, did_you_mean
from harness.items.item import Item, shuffle_key


def evenly(items: Sequence[Item], most: int | None, *, by: Callable[[Item], str], name: str) -> list[Item]:
    """At most `most` items of each group, in the order of `items`; all if `most` is null. `by`: item -> its group.

    `name` makes the draw independent of the order of the views, which sort by the key of the id alone. A larger sample
    contains every smaller one.
    """
    if most is None:
        return list(items)
    taken: Counter[str] = Counter()
    chosen: set[str] = set()
    for item in sorted(items, key=lambda item: shuffle_key(0, f"sample of {name}: {item.id}")):
        taken[by(item)] += 1
        if taken[by(item)] <= most:
            chosen.add(item.id)
    return [item for item in items if item.id in chosen]


def counts_option(options: Mapping[str, Any], known: Sequence[str]) -> dict[str, int | None]:
    """The value of each known option, which is a whole number above 0; null where it is not given.

    Raises:
        DataError: an option is unknown or no such number.
    """
    for name in options:
        if name not in known:
            raise DataError(f'unknown option "{name}"', where="options", hint=did_you_mean(name, known))
    for name, value in options.items():
        if value is not None and (type(value) is not int or value < 1):
            raise DataError(f'"{name}" is {value!r}', where="options", expected="a whole number above 0")
    return {name: options.get(name) for name in known}
