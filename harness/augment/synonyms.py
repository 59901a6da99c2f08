"""Replace names in a text by synonyms that the domain itself lists."""

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
"""Fewest characters of a name that is replaced inside a text; shorter ones ("TB", "leg") are too often ambiguous."""


@dataclass(frozen=True)
class Synonyms:
    """Names with a single meaning, and their synonyms."""

    others: Mapping[str, tuple[str, ...]]
    """Folded name (lower case, single spaces) -> the other names of the same thing."""
    longest: int
    """Number of words in the longest name."""


def own_synonyms(items: Sequence[Item]) -> Synonyms | None:
    """The synonyms that the items list; None if there are none. Pass training items only.

    The anchors of an item are synonyms of its text if the text itself is what they should find, as for diagnoses. If
    they should find something else (the answer to a question, the heading of a product), they are not synonyms. A name
    of several things is left out, because replacing it may change the meaning.
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
    """`text` with one name replaced by a synonym; None if the text contains no known name.

    If the whole text is a name, it is replaced; otherwise one of the longest names between word borders.
    This is the synonym replacement of EDA (Wei and Zou 2019, arXiv 1901.11196), with synonyms of the domain instead of
    WordNet's.
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
