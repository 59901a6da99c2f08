"""Which entries of a list are nearest to one: first within its closest group, then within wider ones."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

MOST = 4
"""Neighbours that an item keeps: one more than the three wrong choices of a question."""


def places_by(keys: Iterable[str]) -> dict[str, list[int]]:
    """Key -> places of the list where it stands, ascending."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    return dict(places)


def nearest(place: int, groups: Iterable[Sequence[int]]) -> Iterator[int]:
    """All other places of the groups, each once: those of the first group, then those of the second, and so on.

    Within a group by distance in the list, of equally near ones the earlier first. Lazy, since a group may have
    thousands of places of which a caller wants four.
    """
    seen = {place}
    for group in groups:
        for other in _outward(place, group):
            if other not in seen:
                seen.add(other)
                yield other


def first_distinct(texts: Iterable[str], *, apart_from: Iterable[str], most: int = MOST) -> tuple[str, ...]:
    """The first `most` different texts that equal none of `apart_from`, case aside."""
    seen = {text.casefold() for text in apart_from}
    found: list[str] = []
    for text in texts:
        if len(found) == most:
            break
        if text.casefold() not in seen:
            seen.add(text.casefold())
            found.append(text)
    return tuple(found)


def _outward(place: int, group: Sequence[int]) -> Iterator[int]:
    above = bisect_left(group, place)
    below = above - 1
    while below >= 0 or above < len(group):
        if above == len(group) or (below >= 0 and place - group[below] <= group[above] - place):
            yield group[below]
            below -= 1
        else:
            yield group[above]
            above += 1
