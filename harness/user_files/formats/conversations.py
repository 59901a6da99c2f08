"""Formats with one conversation per record: ShareGPT and OpenAI messages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.context import context_columns, context_turns
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.formats.dialogue import (
    conversation_text,
    is_conversation,
    is_refused,
    place_of_answer,
    read_turns,
)
from harness.user_files.record import Record

NO_REPLY = "conversations without a reply to a user were left out"
TRAILING = "conversations had the messages after the last reply cut off"


class ConversationFormat(RecordFormat):
    """The last assistant turn is the answer; the turns before it are the text (see `dialogue`).

    A record is left out if a turn before the answer cannot be read, because the answer may rest on it.
    """

    needs = ("text", "answer")
    is_one_reply = True
    key: ClassVar[str]
    """Column that holds the list of messages."""

    def fits(self, value: Mapping[str, Any]) -> bool:
        """The column `key` holds a list of messages."""
        return is_conversation(value.get(self.key))

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per conversation with a reply to a user."""
        for record in records:
            turns = read_turns(record.value.get(self.key), decisions)
            place = place_of_answer(turns)
            if place is None:
                if not is_refused(turns, decisions):
                    decisions.count(NO_REPLY)
                continue
            before = [*context_turns(record, columns), *turns[:place]]
            if not is_refused([*before, turns[place]], decisions):
                decisions.count(TRAILING, int(len(turns) > place + 1))
                yield Draft(record, conversation_text(before), answer=turns[place].text)

    def reads(self, names: Collection[str], columns: Columns) -> set[str]:
        """The messages and their context."""
        return {self.key} | context_columns(names, columns)


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
