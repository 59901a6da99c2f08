"""Plain text: documents without a question or a label."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.user_files.cell_text import cell_text, is_cell
from harness.user_files.columns import Columns, candidates
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.contract import TableFormat
from harness.user_files.record import Record


class PlainText(TableFormat):
    """Documents, for domain-adaptive pre-training."""

    name = "plain_text"
    title = "plain text (text)"
    needs = ("text",)

    def fits(self, value: Mapping[str, Any]) -> bool:
        """The record has a column `text`. Recognition tries this format last, because all others need more."""
        columns = self.resolve(list(value), Columns())
        return columns is not None and all(is_cell(value[name]) for name in columns.named.values())

    def resolve(self, names: Sequence[str], given: Columns) -> Columns | None:
        """Fill in the input column."""
        found = [given.input] if given.input else candidates(names, ("text",))
        return replace(given, input=found[0]) if len(found) == 1 else None

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per record."""
        for record in records:
            yield Draft(record, cell_text(record, columns.input), is_document=True)

    def reads(self, names: Collection[str], columns: Columns) -> set[str]:
        """Nothing beside the column that `resolve` names."""
        return set()

    def example(self, record: Record) -> dict[str, Any] | str:
        """Only the text if the record has no other column."""
        shown = super().example(record)
        return shown["text"] if isinstance(shown, dict) and list(shown) == ["text"] else shown
