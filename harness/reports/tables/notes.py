"""What a reader must know about single rows before comparing them: failed, stale, own budget, own run.

Marks of measurements on other machines are in `machine_marks.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.reports.board.rows.own_budget import own_budget
from harness.reports.contract.rows import Row

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def notes_of(row: Row) -> list[str]:
    """Short sentences without a full stop, the most serious first."""
    found = []
    if row.status == "failed":
        found.append(f"failed: {row.reason}")
    elif row.failed_seeds and row.reason:
        found.append(f"the figures are those of the other seeds. Failed: {row.reason}")
    elif row.reason:
        found.append(row.reason if row.score else f"no score: {row.reason}")
    found += stale_notes(row)
    if row.budget_overridden:
        found.append(f"its own budget{own_budget(row, of='training examples')}")
    return [*found, *row.marks]


def stale_notes(row: Row) -> list[str]:
    """`stale: the recipe has changed`; nothing for a row that is up to date."""
    return [f"stale: {row.stale}"] if row.stale else []


class NumberedNotes:
    """The notes below a table: equal notes have one number, in the order in which they appear."""

    def __init__(self, notes: Sequence[Sequence[str]], *, ascii_only: bool = False) -> None:
        """`notes`: those of each row, in the order of the table. `ascii_only`: write (1) instead of a raised digit."""
        self.texts = list(dict.fromkeys(text for of_row in notes for text in of_row))
        self._notes = notes
        self._ascii_only = ascii_only

    def label(self, place: int) -> str:
        """What follows the name of the row at this place: its numbers, after ` stale` for a stale row."""
        numbers = [self._number(self.texts.index(text)) for text in self._notes[place]]
        stale = " stale" if any(text.startswith("stale: ") for text in self._notes[place]) else ""
        return stale + (" " if self._ascii_only and numbers else "") + " ".join(numbers)

    def lines(self) -> list[str]:
        """Each note after its number."""
        return [f"{self._number(place)} {text}" for place, text in enumerate(self.texts)]

    def _number(self, place: int) -> str:
        digits = str(place + 1)
        return f"({digits})" if self._ascii_only else digits.translate(_RAISED)
