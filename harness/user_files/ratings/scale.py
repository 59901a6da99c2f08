"""The scale of a rating column: which of its values mean good and which bad."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from harness.user_files.cell_text import is_cell, value_text

Verdict = Literal["good", "bad", "neutral"]

_GOOD = "true yes y good up thumbs_up upvote like liked positive chosen desirable accepted correct 👍 +"
_BAD = "false no n bad down thumbs_down downvote dislike disliked negative rejected undesirable incorrect wrong 👎 -"
_WORDS: dict[str, Verdict] = {
    **dict.fromkeys(_GOOD.split(), "good"),
    **dict.fromkeys(_BAD.split(), "bad"),
    **dict.fromkeys(("neutral", "undecided", "mixed", "tie"), "neutral"),
}
"""Ratings in words, in any case; spaces and hyphens count as underscores."""


@dataclass(frozen=True)
class Scale:
    """How the values of a rating column are read."""

    title: str
    """For the report: `1 to 5`."""
    steps: tuple[tuple[float, Verdict], ...] | None
    """(largest number, its verdict), ascending. Empty for words. None: only replies to one prompt can be compared."""

    def verdict(self, value: Any) -> Verdict | None:
        """What a rating means; None if it is missing, or if the scale only compares."""
        number = number_of(value)
        if self.steps and number is not None:
            return next((verdict for most, verdict in self.steps if number <= most), None)
        return _WORDS.get(_word(value)) if self.steps == () else None


WORDS = Scale("good or bad in words", ())
ZERO_ONE = Scale("0 or 1", ((0, "bad"), (1, "good")))
MINUS_PLUS = Scale("-1 to 1", ((-1, "bad"), (0, "neutral"), (1, "good")))
ONE_TO_FIVE = Scale("1 to 5: up to 2 is bad, from 4 is good", ((2, "bad"), (3.99, "neutral"), (5, "good")))
ZERO_TO_FOUR = Scale("0 to 4: up to 1 is bad, from 3 is good", ((1, "bad"), (2.99, "neutral"), (4, "good")))
COMPARED = Scale("numbers of no known scale, compared between the replies to one prompt", None)


def scale_of(values: Iterable[Any], *, is_flag: bool = False) -> Scale | None:
    """The scale that all ratings of a column fit; None if they are not ratings.

    A scale is known by its ends: 1 to 5 needs a 5 and no 0, 0 to 4 needs both its ends. 0 and 1 must both occur,
    because a column of ones may be the best of two or the worst of five. `is_flag`: the name of the column says that it
    knows only yes and no, so one of them is enough.
    """
    found = {_word(value): number_of(value) for value in values if not is_missing(value)}
    if not found:
        return None
    if all(word in _WORDS for word in found):
        return WORDS if any(_WORDS[word] != "neutral" for word in found) else None
    numbers = {number for number in found.values() if number is not None}
    if any(number is None for number in found.values()):
        return None
    if numbers == {0, 1} or (is_flag and numbers <= {0, 1}):
        return ZERO_ONE
    if numbers <= {-1, 0, 1} and -1 in numbers:
        return MINUS_PLUS
    if min(numbers) >= 1 and max(numbers) == 5:
        return ONE_TO_FIVE
    if min(numbers) == 0 and max(numbers) == 4:
        return ZERO_TO_FOUR
    return COMPARED


def number_of(value: Any) -> float | None:
    """A number, or a text that is one; None for anything else, for true and false, and for NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:  # a word
        return None
    return number if math.isfinite(number) else None


def is_missing(value: Any) -> bool:
    """Whether a cell holds no rating."""
    return value is None or _word(value) in ("", "nan", "none", "null")


def _word(value: Any) -> str:
    """The rating as `_WORDS` spells it: `Thumbs-Up` as `thumbs_up`, `-1` and `-` as they are."""
    text = (value_text(value) or "").strip().casefold() if is_cell(value) else repr(value)
    return "_".join(text.replace("-", " ").split()) if text[:1].isalpha() else text
