"""Which option of each question is right: an answer may be a letter, a place from 0 or from 1, or the option's text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.errors import DataError
from harness.user_files.cell_text import is_cell, value_text
from harness.user_files.formats.multiple_choice.options import Options

_AROUND = " ().:[]"


def right_places(answers: Sequence[Any], options: Sequence[Options], *, column: str, file: str) -> list[int | None]:
    """For each question, the place of its right option; None if the answer is none of the options.

    The whole file has one way to name the right option: the way that gives an option for most questions.

    Raises:
        DataError: two ways explain the answers equally well and disagree.
    """
    found = {name: [read(*pair) for pair in zip(answers, options, strict=True)] for name, read in _READ.items()}
    most = max(sum(place is not None for place in places) for places in found.values())
    best = {name: places for name, places in found.items() if sum(place is not None for place in places) == most}
    if "its letter or label" in best and all(one.are_labelled for one in options):
        best = {name: places for name, places in best.items() if not name.startswith("its place")}
    (first, places), *others = best.items()
    for name, different in others:
        if different != places and most:
            number = next(number for number, pair in enumerate(zip(places, different, strict=True)) if len({*pair}) > 1)
            raise DataError(
                f'the column "{column}" may name the right option by {first} or by {name}; '
                f'the answer "{answers[number]}" then means another option',
                where=file,
                expected="answers that can be read in one way only",
                hint="write the letter (A, B, C, ...) or the text of the right option into the column",
            )
    return places


def can_be_answer(answer: Any, options: Options) -> bool:
    """Whether the answer names one of the options in any way."""
    return any(read(answer, options) is not None for read in _READ.values())


def _by_label(answer: Any, options: Options) -> int | None:
    """`B`, `(b)`, `B.`, or the name of the option's column."""
    name = _plain(answer).strip(_AROUND).casefold()
    places = [
        place
        for place, option in enumerate(options.listed)
        if name and name in (option.label.casefold(), (option.column or "").strip().casefold())
    ]
    return places[0] if len(places) == 1 else None


def _from(first: int) -> Callable[[Any, Options], int | None]:
    def by_place(answer: Any, options: Options) -> int | None:
        text = _plain(answer)
        place = int(text) - first if text.isdigit() and len(text) < 4 else -1
        return place if 0 <= place < len(options.listed) else None

    return by_place


def _by_text(answer: Any, options: Options) -> int | None:
    if isinstance(answer, int) and not isinstance(answer, bool):
        return None  # a number of the file is a place; as a text it would have quotes
    text = " ".join(_plain(answer).split()).casefold()
    same = [place for place, option in enumerate(options.listed) if " ".join(option.text.split()).casefold() == text]
    return same[0] if text and same else None


def _plain(answer: Any) -> str:
    return (value_text(answer) or "").strip() if is_cell(answer) else ""


_READ: dict[str, Callable[[Any, Options], int | None]] = {
    "its letter or label": _by_label,
    "its place from 0": _from(0),
    "its place from 1": _from(1),
    "its text": _by_text,
}
"""Way to name an option -> the place that an answer then means."""
