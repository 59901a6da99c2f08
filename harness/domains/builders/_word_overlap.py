"""Similarity of texts by their words, to find neighbours in lists of some hundred texts."""

from __future__ import annotations

import re
from collections.abc import Sequence

WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of the text, case-folded, in order."""
    return WORD.findall(text.casefold())


def overlap(a: str, b: str) -> float:
    """Jaccard similarity of the sets of words, 0 to 1; 0 if neither text has words."""
    left, right = set(words(a)), set(words(b))
    return len(left & right) / len(left | right) if left | right else 0.0


class TfIdf:
    """Cosine similarity of scikit-learn's TF-IDF vectors between the texts of one list."""

    def __init__(self, texts: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectors = TfidfVectorizer(analyzer=words).fit_transform(texts)

    def to(self, place: int) -> list[float]:
        """Similarity of the text at `place` to every text, 0 to 1; rounded, so that equal texts have equal values."""
        likeness: list[float] = (self._vectors @ self._vectors[place].T).toarray().ravel().round(9).tolist()
        return likeness
