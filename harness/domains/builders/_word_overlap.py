"""How alike two texts are by their words: enough to find neighbours in lists of some hundred texts."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Words in small letters, in their order."""
    return WORD.findall(text.casefold())


def overlap(a: str, b: str) -> float:
    """Shared words by all words (Jaccard), 0 to 1; 0 if neither text has words."""
    left, right = set(words(a)), set(words(b))
    return len(left & right) / len(left | right) if left | right else 0.0


class TfIdf:
    """Cosine of TF-IDF vectors between the texts of one list, with the smoothed weights of scikit-learn."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(words(text)) for text in texts]
        documents = Counter(word for count in counts for word in count)
        weight = {word: math.log((1 + len(texts)) / (1 + n)) + 1 for word, n in documents.items()}
        self._vectors = [_unit({word: n * weight[word] for word, n in count.items()}) for count in counts]

    def cosine(self, a: int, b: int) -> float:
        """Similarity of the texts at two places, 0 to 1; rounded, so that equal texts tie whatever their order."""
        left, right = self._vectors[a], self._vectors[b]
        return round(math.fsum(value * right.get(word, 0.0) for word, value in left.items()), 9)


def _unit(vector: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(math.fsum(value * value for value in vector.values()))
    return {word: value / length for word, value in vector.items()}
