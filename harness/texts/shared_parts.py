"""Set aside what many texts share at their beginning or end: the wording of a task, which says nothing about an item.

`Classify this message and reply with the name of the desk: my kettle is too loud` is compared as `my kettle is too
loud`. Otherwise a long instruction makes all texts behind it near-duplicates of each other.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from statistics import median
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

LEAST = 5
"""Fewest texts that share a part."""
MOST_TEXTS = 0.5
"""A part that this share of all texts has is set aside."""
SHORTEST = 20
"""Fewest characters of a part that is set aside. A shorter one makes no texts alike."""
SOME_TEXTS = 0.05
"""With several wordings, a part that this share of all texts has is set aside if it is long."""
LONG = 40
"""Fewest characters of a part that only some texts share."""
LONGER_THAN_OWN = 2.0
"""Such a part is also this many times as long as what its texts have of their own, at the median.

So a usual beginning of questions ("how do I reset my ...") stays.
"""
LOOKED_AT = 5000
"""Most characters of a shared part."""
_OPENING = 4
"""Texts with the same first pieces of this number are taken for one wording."""
_PIECE = re.compile(r"[^\W_\u3040-\u30ff\u3400-\u9fff]+|\s+|.", re.DOTALL)
"""A word, a run of blanks or one other sign. Scripts without blanks between words (Chinese, Japanese) go by sign."""


def own_parts(texts: Mapping[Key, str]) -> dict[Key, str]:
    """Key -> the text without the beginning and the end that it shares with many others.

    A text stays whole if nothing else is left of it, or only a number: then the shared parts are no wording of a task,
    and the texts are copies of each other (`my parcel with the order number 17 has not arrived`).
    """
    start = _shared_beginnings({key: text[:LOOKED_AT] for key, text in texts.items()})
    after = {key: text[start[key] :] for key, text in texts.items()}
    end = _shared_beginnings({key: text[::-1][:LOOKED_AT] for key, text in after.items()})
    own = {key: text[: len(text) - end[key]].strip() for key, text in after.items()}
    return {key: own[key] if any(map(str.isalpha, own[key])) else text for key, text in texts.items()}


def _shared_beginnings(texts: Mapping[Key, str]) -> dict[Key, int]:
    """Key -> number of characters at the start of the text that are set aside."""
    pieces: dict[Key, list[str]] = {key: _PIECE.findall(text) for key, text in texts.items()}
    folded = {key: list(map(_folded, several)) for key, several in pieces.items()}
    cut = dict.fromkeys(pieces, 0)
    length, sharing = _shared(folded, list(pieces), least=max(LEAST, MOST_TEXTS * len(pieces)))
    if sharing and _length(pieces[sharing[0]][:length]) >= SHORTEST:
        for key in sharing:
            cut[key] = length
    wordings: dict[tuple[str, ...], list[Key]] = defaultdict(list)
    for key, several in folded.items():
        wordings[tuple(several[:_OPENING])].append(key)
    for keys in wordings.values():
        if len(keys) >= max(LEAST, SOME_TEXTS * len(pieces)):
            length, sharing = _shared(folded, keys, least=max(LEAST, MOST_TEXTS * len(keys)))
            if sharing and _is_wording([pieces[key] for key in sharing], length):
                for key in sharing:
                    cut[key] = max(cut[key], length)
    return {key: _length(several[: cut[key]]) for key, several in pieces.items()}


def _shared(folded: Mapping[Key, list[str]], keys: list[Key], *, least: float) -> tuple[int, list[Key]]:
    """Number of pieces of the longest beginning that at least `least` of the texts share, and the texts that do."""
    length, sharing = 0, keys
    while True:
        longer = [key for key in sharing if len(folded[key]) > length]
        nexts = Counter(folded[key][length] for key in longer)
        piece, count = nexts.most_common(1)[0] if nexts else ("", 0)
        if count < least:
            return (length, sharing) if length else (0, [])
        sharing = [key for key in longer if folded[key][length] == piece]
        length += 1


def _is_wording(texts: Sequence[list[str]], length: int) -> bool:
    part = _length(texts[0][:length])
    own = median(_length(pieces[length:]) for pieces in texts)
    return part >= LONG and part >= LONGER_THAN_OWN * own


def _length(pieces: Sequence[str]) -> int:
    """Number of characters."""
    return sum(map(len, pieces))


def _folded(piece: str) -> str:
    return " " if piece.isspace() else piece.casefold()
