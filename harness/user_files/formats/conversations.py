"""Formats with one conversation per record: ShareGPT and OpenAI messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.formats.dialogue import is_conversation, question_and_answer, read_turns
from harness.user_files.record import Record

NO_REPLY = "conversations without a reply to a user were left out"
TRAILING = "conversations had the messages after the last reply cut off"


class ConversationFormat(RecordFormat):
    """The last assistant turn is the answer; the turns before it are the text (see `dialogue`)."""

    needs = ("text", "answer")
    key: ClassVar[str]
    """Column that holds the list of messages."""

    def fits(self, value: Mapping[str, Any]) -> bool:
        """The column `key` holds a list of messages."""
        return is_conversation(value.get(self.key))

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per conversation with a reply to a user."""
        for record in records:
            turns = read_turns(record.value.get(self.key), decisions)
            found = question_and_answer(turns)
            if found is None:
                decisions.count(NO_REPLY)
            else:
                decisions.count(TRAILING, int(turns[-1].role != "assistant"))
                yield Draft(record, found[0], answer=found[1])


class ShareGpt(ConversationFormat):
    """A list `conversations` of turns with `from` (human, gpt, system) and `value` (Chiang et al., 2023)."""

    name = "share_gpt"
    title = "ShareGPT (conversations: from, value)"
    key = "conversations"


class OpenAiMessages(ConversationFormat):
    """A list `messages` with `role` (system, user, assistant) and `content`."""

    name = "openai_messages"
    title = "OpenAI messages (messages: role, content)"
    key = "messages"
