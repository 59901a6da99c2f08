"""Is a text endless repetition, or only punctuation?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

SEQUENCE = 4
"""Number of words in a counted sequence: seq-rep-4 of Welleck et al. 2020 (arXiv 1908.04319, section 6)."""
MAX_REPEATED = 0.5
"""Largest share of sequences that may occur earlier in the text. It is 0.005 in texts by people and about 0.5 in greedy
continuations of GPT-2 (table 2 of the paper). It cannot exceed one half in texts of fewer than six words."""
MIN_LOOPS = 4
"""Smallest number of rounds of a loop at the end of a text: `ha ha ha` is not a loop yet."""
MIN_LOOP_LENGTH = 16
"""Smallest number of characters of a loop, all rounds together: the number 1000000000000 is not a loop."""
MIN_GLUED = 3
"""Smallest number of rounds, and of letters in each, of a word that is repeated without blanks: `leadsleadsleads`."""
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""The character that a tokenizer writes for bytes that are not valid text."""
_WORD = re.compile(r"[^\W_]+")


def degenerate(text: str) -> bool:
    """Whether the text repeats itself over and over, or has only punctuation and unreadable characters.

    It repeats itself if more than half of its four-word sequences occur earlier in it, or if a loop at its end covers
    at least half of it, or if words that are glued to themselves do (`leadsleadsleads`). The loop also finds repeated
    letters and text without spaces. Case and kinds of white space do not count. An empty text is not degenerate.
    Repetition with changes in nearly every word is not found.
    """
    text = " ".join(text.casefold().split())
    if not text:
        return False
    words = _WORD.findall(text)
    return (
        all(map(_says_nothing, text))
        or repeated_share(words) > MAX_REPEATED
        or _ends_in_loop(text)
        or sum(len(word) for word in words if _is_glued(word)) >= len(text) / 2
    )


def repeated_share(words: Sequence[str], n: int = SEQUENCE) -> float:
    """seq-rep-n: the share of n-word sequences that occur earlier in the text, from 0 to below 1; 0 for no sequence."""
    sequences = [tuple(words[start : start + n]) for start in range(len(words) - n + 1)]
    return 1 - len(set(sequences)) / len(sequences) if sequences else 0.0


def _says_nothing(character: str) -> bool:
    return character == UNREADABLE or unicodedata.category(character)[0] in "PZC"


def _is_glued(word: str) -> bool:
    """Whether the whole word is one shorter word over and over, the last round possibly cut off."""
    period = _periods(word)[-1]
    return word.isalpha() and period >= MIN_GLUED and len(word) >= MIN_GLUED * period


def _ends_in_loop(text: str) -> bool:
    shortest = max(MIN_LOOP_LENGTH, len(text) / 2)
    periods = enumerate(_periods(text[::-1]), start=1)
    return any(length >= shortest and length >= MIN_LOOPS * period for length, period in periods)


def _periods(text: str) -> list[int]:
    """The smallest period of every prefix of the text, by the failure function of Knuth, Morris and Pratt (1977)."""
    borders = [0] * len(text)
    border = 0
    for end in range(1, len(text)):
        while border and text[end] != text[border]:
            border = borders[border - 1]
        border += text[end] == text[border]
        borders[end] = border
    return [length - border for length, border in enumerate(borders, start=1)]
