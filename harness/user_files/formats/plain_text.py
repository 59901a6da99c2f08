"""Plain text to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.user_files.cells import cell, is_cell
from harness.user_files.columns import Columns, candidates
from harness.user_files.decisions import DecisionLog
from harness.user_files.formats.contract import Draft, TableFormat
from harness.user_files.record import Record


class PlainText(TableFormat):
    """Documents, for domain-adaptive pre-training."""

    name = "plain_text"
    title = "plain text (text)"
    needs = ("text",)

    def fits(self, value: Mapping[str, Any]) -> bool:
        """There is a column `text`; it comes last, after all formats that want more."""
        columns = self.resolve(list(value), Columns())
        return columns is not None and all(is_cell(value[name]) for name in columns.named.values())

    def resolve(self, names: Sequence[str], given: Columns) -> Columns | None:
        """Fill in the input."""
        found = [given.input] if given.input else candidates(names, ("text",))
        return replace(given, input=found[0]) if len(found) == 1 else None

    def items(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One per record."""
        for record in records:
            yield Draft(record, cell(record, columns.input, decisions), is_document=True)

    def example(self, record: Record) -> dict[str, Any] | str:
        """The text alone where there is nothing else."""
        shown = super().example(record)
        return shown["text"] if isinstance(shown, dict) and list(shown) == ["text"] else shown
