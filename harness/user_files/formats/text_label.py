"""Text and label: classification."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.user_files.cell_text import cell_text, is_cell
from harness.user_files.columns import LABELS, PROMPTS, TEXTS, Columns, the_one
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.contract import TableFormat
from harness.user_files.record import Record


class TextLabel(TableFormat):
    """A text and its class. The label column may have any of the names in `columns.LABELS`."""

    name = "text_label"
    title = "text/label (text, label)"
    needs = ("text", "label")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Exactly one column has a name for texts, and one a name for labels."""
        columns = self.resolve(list(value), Columns())
        return columns is not None and all(is_cell(value[name]) for name in columns.named.values())

    def resolve(self, names: Sequence[str], given: Columns) -> Columns | None:
        """Fill in the input and label columns."""
        free = given.others(names)
        label = given.label or the_one(free, LABELS)
        rest = [name for name in free if name != label]
        text = given.input or the_one(rest, TEXTS) or (the_one(rest, PROMPTS) if given.label else None)
        return replace(given, input=text, label=label) if text and label else None

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per record; the label is read from its column later."""
        for record in records:
            yield Draft(record, cell_text(record, columns.input))

    def reads(self, names: Collection[str], columns: Columns) -> set[str]:
        """Nothing beside the two columns that `resolve` names."""
        return set()
