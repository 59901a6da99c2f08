"""Is a text endless repetition, or nothing but punctuation?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

SEQUENCE = 4
"""Words in the sequences that are counted: seq-rep-4 of Welleck et al. 2020 (arXiv 1908.04319, section 6)."""
MAX_REPEATED = 0.5
"""Share of those sequences that may have stood in the text before. People's texts have 0.005 of them, greedy
continuations of GPT-2 about 0.5 (table 2 there). With fewer than six words no text has more than half of them."""
MIN_LOOPS = 4
"""How often a text that ends in a loop must have gone round: `ha ha ha` is no loop yet."""
MIN_LOOP_LENGTH = 16
"""Characters of that loop, all rounds together: numbers such as 1000000000000 are none."""
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""What a tokenizer writes for bytes that are no text."""
_WORD = re.compile(r"[^\W_]+")


def degenerate(text: str) -> bool:
    """Whether the text says the same over and over, or holds nothing but punctuation and unreadable characters.

    Over and over: more than half of its four-word sequences stood in it before, or at least half of it is a loop at its
    end, which is how text without blanks and single letters show it. Case and the kind of blanks do not count. An
    empty text is not degenerate; what repeats with changes in nearly every word is not found.
    """
    text = " ".join(text.casefold().split())
    if not text:
        return False
    return all(map(_says_nothing, text)) or repeated_share(_WORD.findall(text)) > MAX_REPEATED or _ends_in_loop(text)


def repeated_share(words: Sequence[str], n: int = SEQUENCE) -> float:
    """seq-rep-n: the share of n-word sequences that stood in the text before, from 0 to below 1; 0 if there is none."""
    sequences = [tuple(words[start : start + n]) for start in range(len(words) - n + 1)]
    return 1 - len(set(sequences)) / len(sequences) if sequences else 0.0


def _says_nothing(character: str) -> bool:
    return character == UNREADABLE or unicodedata.category(character)[0] in "PZC"


def _ends_in_loop(text: str) -> bool:
    shortest = max(MIN_LOOP_LENGTH, len(text) / 2)
    periods = enumerate(_periods(text[::-1]), start=1)
    return any(length >= shortest and length >= MIN_LOOPS * period for length, period in periods)


def _periods(text: str) -> list[int]:
    """The smallest period of every beginning of the text, by the failure function of Knuth, Morris and Pratt (1977)."""
    borders = [0] * len(text)
    border = 0
    for end in range(1, len(text)):
        while border and text[end] != text[border]:
            border = borders[border - 1]
        border += text[end] == text[border]
        borders[end] = border
    return [length - border for length, border in enumerate(borders, start=1)]
