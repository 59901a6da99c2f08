"""Part chats into groups of people, such that nobody is in two groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

Couple = tuple[str, str]
"""The two people of a chat, sorted."""


def groups_of_people(couples: Iterable[Couple], *, most: int) -> dict[str, int]:
    """Person -> number of the person's group: 0 has the most chats. Chats between two groups belong to none.

    At first everybody is alone. Then the two groups with the most chats between them join, as long as the joined group
    has at most `most` chats. So few chats are between groups, although nearly all people are connected by somebody who
    talks with hundreds. Of equally many chats, the groups whose first members come first in the alphabet join first.
    """
    chats = Counter(couples)
    group = {person: person for couple in chats for person in couple}
    while True:
        inside, between = _counts(chats, group)
        fitting = [pair for pair in between if inside[pair[0]] + inside[pair[1]] + between[pair] <= most]
        if not fitting:
            break
        kept, joined = min(fitting, key=lambda pair: (-between[pair], pair))
        group = {person: kept if name == joined else name for person, name in group.items()}
    ranked = sorted(set(group.values()), key=lambda name: (-inside[name], name))
    number = {name: place for place, name in enumerate(ranked)}
    return {person: number[name] for person, name in group.items()}


def _counts(chats: Mapping[Couple, int], group: Mapping[str, str]) -> tuple[Counter[str], Counter[Couple]]:
    """Chats inside each group, and chats between each two groups."""
    inside: Counter[str] = Counter()
    between: Counter[Couple] = Counter()
    for (one, other), count in chats.items():
        first, second = sorted((group[one], group[other]))
        if first == second:
            inside[first] += count
        else:
            between[first, second] += count
    return inside, between
