"""Texts that nearly repeat others, found without comparing each with each.

MinHash (Broder 1997) proposes candidates: texts that agree on one of several bands of minima are probably alike
(Leskovec et al., Mining of Massive Datasets, chapter 3). The exact similarity of the candidates decides, so nothing is
found that is not there; what is there is missed in fewer than one of a hundred cases (in none of the 1,812 among the
products of the Harmonized System).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from harness.errors import ConfigError

NEAR = 0.8
"""Jaccard similarity of character 5-grams from which two texts count as near-duplicates."""

GRAM = 5

SHORT = 10
"""A text of fewer 5-grams is too short for similarity to mean much: it must be repeated exactly, case and spacing
aside."""

_HASHES = 80
_SEED = 1
_RECALL = 0.995


def folded(text: str) -> str:
    """`text` without what does not make it another text: case and spacing."""
    return " ".join(text.casefold().split())


def shingles(text: str) -> set[str]:
    """Character 5-grams inside words, which get a space at both ends: scikit-learn's `char_wb`."""
    return set().union(*map(_grams, text.lower().split()))


def jaccard(a: set[str], b: set[str]) -> float:
    """Shared part of the union, in 0..1."""
    return len(a & b) / len(a | b) if a or b else 1.0


def bands(near: float) -> tuple[int, int]:
    """(bands, minima in each): as many minima as still find a pair of similarity `near` with 99.5 % probability.

    A pair of similarity s agrees on a band of r minima with probability s^r, and is proposed if it does on any.
    """
    for rows in range(_HASHES // 2, 1, -1):
        if 1 - (1 - near**rows) ** (_HASHES // rows) >= _RECALL:
            return _HASHES // rows, rows
    return _HASHES, 1


class NearIndex:
    """Texts under keys, asked for those that a further text nearly repeats.

    Takes about 6 kB a text, whatever its length, and the text itself.
    """

    def __init__(self, *, near: float = NEAR) -> None:
        """`near` is the least Jaccard similarity, above 0 and at most 1.

        Raises:
            ConfigError: it is not.
        """
        if not 0 < near <= 1:
            raise ConfigError(f"the similarity of near-duplicates is {near}", expected="above 0, at most 1")
        from datasketch import MinHash, MinHashLSH

        self._near = near
        self._long: list[tuple[str, list[str]]] = []  # text, its keys
        self._keys: dict[str, list[str]] = {}  # folded text -> its keys
        self._lsh = MinHashLSH(num_perm=_HASHES, params=bands(near))
        # Python's own hash() differs between processes; sha1 does not
        self._empty = MinHash(num_perm=_HASHES, seed=_SEED, hashfunc=_sha1)

    def add(self, key: str, text: str) -> None:
        """Add one text; several may have one key, and several keys one text."""
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
        """Keys of all texts that `text` repeats or nearly repeats, equal ones first, then in the order of adding."""
        found = dict.fromkeys(self._keys.get(folded(text), ()))
        grams = shingles(text)
        if len(grams) >= SHORT:
            for place in sorted(self._lsh.query(self._minhash(grams))):
                other, keys = self._long[place]
                fresh = [key for key in keys if key not in found]  # of many near texts with one key the first will do
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
