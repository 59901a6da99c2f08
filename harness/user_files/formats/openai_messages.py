"""OpenAI messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.user_files.columns import Columns
from harness.user_files.decisions import DecisionLog
from harness.user_files.dialogue import is_turns
from harness.user_files.formats.contract import Draft, RecordFormat
from harness.user_files.formats.conversations import conversation_drafts
from harness.user_files.record import Record


class OpenAiMessages(RecordFormat):
    """A list `messages` with `role` (system, user, assistant) and `content`; tool calls are left out and counted."""

    name = "openai_messages"
    title = "OpenAI messages (messages: role, content)"
    needs = ("text", "answer")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """There is such a list."""
        return is_turns(value.get("messages"))

    def items(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One per conversation."""
        yield from conversation_drafts(records, "messages", decisions=decisions)
