"""ShareGPT."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.user_files.columns import Columns
from harness.user_files.decisions import DecisionLog
from harness.user_files.dialogue import is_turns
from harness.user_files.formats.contract import Draft, RecordFormat
from harness.user_files.formats.conversations import conversation_drafts
from harness.user_files.record import Record


class ShareGpt(RecordFormat):
    """A list `conversations` of turns with `from` (human, gpt, system) and `value` (Chiang et al., 2023)."""

    name = "share_gpt"
    title = "ShareGPT (conversations: from, value)"
    needs = ("text", "answer")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """There is such a list."""
        return is_turns(value.get("conversations"))

    def items(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One per conversation."""
        yield from conversation_drafts(records, "conversations", decisions=decisions)
