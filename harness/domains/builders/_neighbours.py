"""Find the nearest entries of a list: first within the closest group of an entry, then within wider groups."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

MOST = 4
"""Most neighbours of an item: one more than the three wrong choices of a question."""


def places_by(keys: Iterable[str]) -> dict[str, list[int]]:
    """Key -> its places in the list, ascending."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    return dict(places)


def nearest(place: int, groups: Iterable[Sequence[int]]) -> Iterator[int]:
    """The other places in the groups, each once: those of the first group, then those of the second, and so on.

    Within a group the nearest place comes first, and of two equally near places the earlier one. The result is lazy,
    because a group may have thousands of places and a caller needs only a few.
    """
    seen = {place}
    for group in groups:
        for other in _outward(place, group):
            if other not in seen:
                seen.add(other)
                yield other


def first_distinct(texts: Iterable[str], *, apart_from: Iterable[str], most: int = MOST) -> tuple[str, ...]:
    """The first `most` texts that differ from each other and from `apart_from`, ignoring case."""
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
