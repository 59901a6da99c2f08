"""What a record format takes from one record, before cleaning."""

from __future__ import annotations

from dataclasses import dataclass

from harness.user_files.record import Record


@dataclass(frozen=True)
class Draft:
    """An item in the making. The fields have the meaning of the same fields of `Item`; the label is added later."""

    record: Record
    text: str | None
    answer: str | None = None
    other_answers: tuple[str, ...] = ()
    wrong_answers: tuple[str, ...] = ()
    positive: str | None = None
    negatives: tuple[str, ...] = ()
    is_document: bool = False
    id: str | None = None
    """Set by formats that name their items; otherwise the id column decides."""
    cluster: str | None = None
    """Set by formats that group their items; a cluster column of the user wins."""
