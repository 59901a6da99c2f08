"""OpenAI messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.records.columns import Columns
from harness.records.formats.contract import Draft, RecordFormat
from harness.records.formats.conversations import conversation_drafts
from harness.records.ledger import Ledger
from harness.records.record import Record
from harness.records.turns import is_turns


class OpenAiMessages(RecordFormat):
    """A list `messages` with `role` (system, user, assistant) and `content`; tool calls are left out and counted."""

    name = "openai_messages"
    title = "OpenAI messages (messages: role, content)"
    needs = ("text", "answer")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """There is such a list."""
        return is_turns(value.get("messages"))

    def items(self, records: Sequence[Record], columns: Columns, *, ledger: Ledger) -> Iterator[Draft]:
        """One per conversation."""
        yield from conversation_drafts(records, "messages", ledger=ledger)
