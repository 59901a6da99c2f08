"""Find nearly equal texts without comparing all pairs.

MinHash with locality-sensitive hashing (Broder 1997; Leskovec et al., Mining of Massive Datasets, chapter 3) proposes
candidate pairs, and the exact similarity of each candidate decides. So there are no false positives. Fewer than 1 in
100 pairs are missed (none of the 1,812 pairs among the products of the Harmonized System).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from harness.errors import ConfigError

NEAR = 0.8
"""Least Jaccard similarity of character 5-grams of two texts that count as nearly equal."""

GRAM = 5
"""Characters of an n-gram."""

SHORT = 10
"""A text with fewer 5-grams is too short for a useful similarity: only an equal text (ignoring case and spacing)
counts as nearly equal to it."""

_HASHES = 80
_SEED = 1
_RECALL = 0.995


def folded(text: str) -> str:
    """The text with case folded and runs of whitespace as single spaces; equal texts have equal results."""
    return " ".join(text.casefold().split())


def shingles(text: str) -> set[str]:
    """Character 5-grams of each word, padded with one space at both ends (scikit-learn's `char_wb`)."""
    return set().union(*map(_grams, text.lower().split()))


def jaccard(a: set[str], b: set[str]) -> float:
    """Size of the intersection divided by the size of the union, 0 to 1."""
    return len(a & b) / len(a | b) if a or b else 1.0


def bands(near: float) -> tuple[int, int]:
    """(number of bands, minima per band) that propose a pair of similarity `near` with 99.5 % probability.

    A pair of similarity s agrees on a band of r minima with probability s^r. It is proposed if it agrees on any band.
    Of the possible numbers r the largest is taken, because it proposes the fewest dissimilar pairs.
    """
    for rows in range(_HASHES // 2, 1, -1):
        if 1 - (1 - near**rows) ** (_HASHES // rows) >= _RECALL:
            return _HASHES // rows, rows
    return _HASHES, 1


class NearIndex:
    """An index of texts under keys: `find` returns the keys of the texts that are nearly equal to a given text.

    Memory: about 6 kB per text in addition to the text itself.
    """

    def __init__(self, *, near: float = NEAR) -> None:
        """`near` is the least Jaccard similarity of nearly equal texts.

        Raises:
            ConfigError: `near` is not above 0 and at most 1.
        """
        if not 0 < near <= 1:
            raise ConfigError(f"the least similarity of nearly equal texts is {near}", expected="above 0, at most 1")
        from datasketch import MinHash, MinHashLSH

        self._near = near
        self._long: list[tuple[str, list[str]]] = []  # text, its keys
        self._keys: dict[str, list[str]] = {}  # folded text -> its keys
        self._lsh = MinHashLSH(num_perm=_HASHES, params=bands(near))
        # Python's own hash() differs between processes; sha1 does not
        self._empty = MinHash(num_perm=_HASHES, seed=_SEED, hashfunc=_sha1)

    def add(self, key: str, text: str) -> None:
        """Add one text. Several texts may have the same key, and the same text several keys."""
        equal = folded(text)
        if equal in self._keys:
            self._keys[equal].append(key)
            return
        keys = self._keys[equal] = [key]
        grams = shingles(text)
        if len(grams) >= SHORT:
            self._lsh.insert(len(self._long), self._minhash(grams), check_duplication=False)
            self._long.append((text, keys))

    def find(self, text: str) -> list[str]:
        """Keys of all texts equal or nearly equal to `text`: equal texts first, then in the order of adding."""
        found = dict.fromkeys(self._keys.get(folded(text), ()))
        grams = shingles(text)
        if len(grams) >= SHORT:
            for place in sorted(self._lsh.query(self._minhash(grams))):
                other, keys = self._long[place]
                fresh = [
                    key for key in keys if key not in found
                ]  # a key that is already found needs no further comparison
                if fresh and jaccard(grams, shingles(other)) >= self._near:
                    found.update(dict.fromkeys(fresh))
        return list(found)

    def _minhash(self, grams: set[str]) -> Any:
        sketch = self._empty.copy()
        sketch.update_batch(grams)
        return sketch


@lru_cache(maxsize=1 << 16)
def _grams(word: str) -> frozenset[str]:
    padded = f" {word} "
    return frozenset(padded[start : start + GRAM] for start in range(max(len(padded) - GRAM + 1, 1)))


@lru_cache(maxsize=1 << 18)
def _sha1(gram: str) -> int:
    from datasketch.hashfunc import sha1_hash32

    return int(sha1_hash32(gram.encode("utf-8", "surrogatepass")))
