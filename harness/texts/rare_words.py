"""Leave out the words that most texts have, so that texts made from one template are compared by what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

LEAST = 5
"""Fewest texts that share a word which is left out."""
MOST_TEXTS = 0.5
"""A word that this share of all texts has is left out."""


def rare_words(texts: Mapping[Key, str]) -> dict[Key, str]:
    """Key -> the words of the text that few others have, in their order; the whole text if none is left."""
    words = {key: text.split() for key, text in texts.items()}
    counts = Counter(word for several in words.values() for word in set(several))
    common = {word for word, count in counts.items() if count >= max(LEAST, MOST_TEXTS * len(texts))}
    rare = {key: " ".join(word for word in several if word not in common) for key, several in words.items()}
    return {key: rare[key] or text for key, text in texts.items()}
