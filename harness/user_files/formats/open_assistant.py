"""OpenAssistant: trees of messages with ranked replies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness.user_files.cell_text import is_cell, value_text
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.formats.dialogue import Turn, conversation_text
from harness.user_files.record import Record

REFUSED = "messages that were deleted, failed review or have no text were left out"
UNRANKED = "prompts without ranked replies were left out"
ORPHANS = "prompts whose earlier messages are missing were left out"


class OpenAssistant(RecordFormat):
    """Conversation trees with ranked replies (Köpf et al., 2023): one nested tree or one message per record.

    Each prompter message whose replies have ranks is an item. Its text is the conversation up to this message, its
    answer the reply with the best rank. Further replies of that rank are other right answers; replies of lower rank
    are wrong answers, the better ones first. The cluster is the tree.
    """

    name = "open_assistant"
    title = "OpenAssistant (trees of messages with role, text, rank)"
    needs = ("text", "answer")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """The record is a nested tree, or a message that names its parent."""
        prompt = value.get("prompt")
        nested = isinstance(prompt, dict) and "text" in prompt and isinstance(prompt.get("replies"), list)
        return nested or {"message_id", "parent_id", "role", "text"} <= value.keys()

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per prompter message with ranked replies."""
        messages = {message.id: message for record in records for message in _messages(record)}
        usable = {name: message for name, message in messages.items() if not message.refused}
        decisions.count(REFUSED, len(messages) - len(usable))
        replies: dict[str, list[_Message]] = {}
        for message in usable.values():
            if message.parent is not None and message.role == "assistant":
                replies.setdefault(message.parent, []).append(message)
        for message in usable.values():
            if message.role == "user":
                yield from _drafts(message, replies.get(message.id, []), usable, decisions=decisions)

    def reads(self, names: Collection[str], columns: Columns) -> set[str]:
        """The tree, or the columns of one message."""
        flat = {"message_id", "parent_id", "role", "text", "rank", "deleted", "review_result"}
        return {"message_tree_id", "prompt"} if "message_id" not in names else {"message_tree_id"} | flat


@dataclass(frozen=True)
class _Message:
    """One message with its place in the tree."""

    record: Record
    id: str
    parent: str | None
    role: Literal["user", "assistant"]
    text: str
    rank: float | None
    """0 is the best among the replies to one message."""
    refused: bool
    """The message was deleted, failed review or has no text."""
    tree: str | None


def _messages(record: Record) -> Iterator[_Message]:
    """All messages of a nested tree, parents first; the one message of a flat record."""
    tree = _name(record.value.get("message_tree_id"))
    if not isinstance(record.value.get("prompt"), dict):
        parent = _name(record.value.get("parent_id"))
        yield _message(record, record.value, parent=parent, tree=tree, place=f"{record.index}")
        return
    waiting: list[tuple[Any, str | None, str]] = [(record.value["prompt"], None, f"{record.index}")]
    while waiting:
        value, parent, place = waiting.pop()
        if not isinstance(value, dict):
            continue
        message = _message(record, value, parent=parent, tree=tree, place=place)
        yield message
        replies = value.get("replies")
        numbered = list(enumerate(replies)) if isinstance(replies, list) else []
        waiting += [(reply, message.id, f"{place}.{number}") for number, reply in reversed(numbered)]


def _message(record: Record, value: dict[str, Any], *, parent: str | None, tree: str | None, place: str) -> _Message:
    """`place` in the tree names a message without an id."""
    rank, text = value.get("rank"), value.get("text")
    text = text.strip() if isinstance(text, str) else ""
    return _Message(
        record,
        id=_name(value.get("message_id")) or f"message {place}",
        parent=parent,
        role="user" if value.get("role") in ("prompter", "user") else "assistant",
        text=text,
        rank=float(rank) if isinstance(rank, int | float) and not isinstance(rank, bool) else None,
        refused=value.get("deleted") is True or value.get("review_result") is False or not text,
        tree=tree,
    )


def _name(value: Any) -> str | None:
    return (value_text(value) or None) if is_cell(value) else None


def _drafts(
    message: _Message, replies: Sequence[_Message], usable: Mapping[str, _Message], *, decisions: DecisionLog
) -> Iterator[Draft]:
    """One draft, or none if the message has no ranked replies or its earlier messages are missing."""
    ranked = sorted((reply.rank, reply.id, reply.text) for reply in replies if reply.rank is not None)
    path = _path(message, usable)
    if not ranked:
        decisions.count(UNRANKED)
    elif path is None:
        decisions.count(ORPHANS)
    else:
        best = ranked[0][0]
        yield Draft(
            message.record,
            conversation_text([Turn(earlier.role, earlier.text) for earlier in path]),
            answer=ranked[0][2],
            other_answers=tuple(text for rank, _, text in ranked[1:] if rank == best),
            wrong_answers=tuple(text for rank, _, text in ranked if rank > best),
            id=message.id,
            cluster=message.tree or path[0].id,
        )


def _path(message: _Message, usable: Mapping[str, _Message]) -> list[_Message] | None:
    """From the root to `message`; None if a message between them is missing or the parents form a circle."""
    path = [message]
    seen = {message.id}
    while (parent := path[-1].parent) is not None:
        if parent not in usable or parent in seen:
            return None
        seen.add(parent)
        path.append(usable[parent])
    return path[::-1]
