"""Other names for the same thing, from the domain's own lists."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.items.item import Item
from harness.texts.near_index import folded

_WORD = re.compile(r"\w+(?:[-'’.]\w+)*")

LEAST_NAME = 4
"""Shorter names ("TB", "leg") are too often part of another meaning to be replaced inside a text."""


@dataclass(frozen=True)
class Synonyms:
    """Names that mean one thing each."""

    others: Mapping[str, tuple[str, ...]]
    """Name in lower case with single spaces -> the other names of the same thing."""
    longest: int
    """Words in the longest name."""


def own_synonyms(items: Sequence[Item]) -> Synonyms | None:
    """The names that `items` themselves list, or None where the domain has none.

    An item lists names if what its anchors should find is its own text: the diagnosis that synonyms stand for. Where
    they should find something else (the answer to a question, the heading of a product), they are no synonyms of it.
    A name of several things is left out, as replacing it may change what is meant. Give training items only.
    """
    names_of = [
        list(dict.fromkeys([item.text, *item.anchors]))
        for item in items
        if item.anchors and item.positive is not None and folded(item.positive) == folded(item.text)
    ]
    owners: dict[str, set[int]] = defaultdict(set)
    for owner, names in enumerate(names_of):
        for name in names:
            owners[folded(name)].add(owner)
    others: dict[str, tuple[str, ...]] = {}
    for names in names_of:
        clear = [name for name in names if len(owners[folded(name)]) == 1]
        for name in clear:
            rest = tuple(other for other in clear if folded(other) != folded(name))
            if rest:
                others[folded(name)] = rest
    if not others:
        return None
    return Synonyms(others, max(len(_WORD.findall(name)) for name in others))


def replace_with_synonym(text: str, *, synonyms: Synonyms | None, rng: random.Random) -> str | None:
    """`text` with one name in it replaced by another name of the same thing, or None if it has no known name.

    If the whole text is a name, that is it; else one of the longest names inside, found at borders of words.
    Synonym replacement of EDA (Wei and Zou 2019, arXiv 1901.11196), with the domain's names instead of WordNet's.
    """
    if synonyms is None:
        return None
    whole = synonyms.others.get(folded(text))
    if whole:
        return rng.choice(whole)
    words = list(_WORD.finditer(text))
    for length in range(min(synonyms.longest, len(words)), 0, -1):
        spans = [(words[first].start(), words[first + length - 1].end()) for first in range(len(words) - length + 1)]
        known = [(start, end) for start, end in spans if _is_name(text[start:end], synonyms)]
        if known:
            start, end = rng.choice(known)
            return text[:start] + rng.choice(synonyms.others[folded(text[start:end])]) + text[end:]
    return None


def _is_name(part: str, synonyms: Synonyms) -> bool:
    return len(part) >= LEAST_NAME and folded(part) in synonyms.others
