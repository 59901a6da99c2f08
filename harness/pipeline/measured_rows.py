"""Which rows of the board say how long a stage will take here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.measure.device import cpu_name, prepare_device

BoardRow = Mapping[str, Any]
"""A row of leaderboard.json. `machine` may be missing in older files."""


def rows_that_count(rows: Sequence[BoardRow], here: Callable[[], str]) -> tuple[list[BoardRow], list[str]]:
    """The rows that ended well, were measured on one kind of machine, and not beside other work; and notes about it.

    The kind is this machine's if there are such rows, else that of most rows. Rows that do not name a machine count.

    Args:
        rows: the rows of the board.
        here: gives the kind of this machine; it is called only if the board has rows of another CPU than this one's.
    """
    ended = [row for row in rows if row["status"] == "ok"]
    quiet = [row for row in ended if not _machine(row).get("busy")]
    notes = []
    if len(quiet) < len(ended):
        notes.append(f"{_rows(len(ended) - len(quiet))} measured beside other work and not used")
    kinds = Counter(kind for row in quiet if (kind := _kind(row)))
    if not kinds or (len(kinds) == 1 and next(iter(kinds)).startswith(f"{cpu_name()}, ")):
        return quiet, notes
    own = here()
    chosen = own if own in kinds else min(kinds, key=lambda kind: (-kinds[kind], kind))
    counted = [row for row in quiet if _kind(row) in ("", chosen)]
    if chosen != own:
        notes.append(f"measured on another kind of machine ({chosen}) than this one ({own})")
    if len(counted) < len(quiet):
        notes.append(f"{_rows(len(quiet) - len(counted))} measured on other kinds of machines and not used")
    return counted, notes


def this_machine() -> str:
    """The kind of this machine, as `Provenance.measured_on` writes it."""
    device = prepare_device("float32")
    return f"{device.name}, {device.threads} thread{'' if device.threads == 1 else 's'}"


def _machine(row: BoardRow) -> Mapping[str, Any]:
    found: Mapping[str, Any] = row.get("machine") or {}
    return found


def _kind(row: BoardRow) -> str:
    """The kind of machine; empty where the row names none."""
    return "; ".join(_machine(row).get("measured_on", []))


def _rows(count: int) -> str:
    return "1 row was" if count == 1 else f"{count} rows were"
