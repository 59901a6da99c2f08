"""Messages of OpenAssistant, out of nested trees or flat records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from harness.user_files.cells import is_cell, spelled
from harness.user_files.record import Record


@dataclass(frozen=True)
class Message:
    """One message with its place in the tree."""

    record: Record
    id: str
    parent: str | None
    role: Literal["user", "assistant"]
    text: str
    rank: float | None
    """0 is the best of its siblings."""
    refused: bool
    """Deleted, failed review, or without words."""
    tree: str | None


def flat_messages(record: Record) -> Iterator[Message]:
    """The one message of a record."""
    tree, parent = _name(record.value.get("message_tree_id")), _name(record.value.get("parent_id"))
    yield _message(record, record.value, parent=parent, tree=tree, place=f"{record.index}")


def tree_messages(record: Record) -> Iterator[Message]:
    """All messages of a nested tree, parents first; a message without an id is named after its place."""
    tree = _name(record.value.get("message_tree_id"))
    waiting: list[tuple[Any, str | None, str]] = [(record.value.get("prompt"), None, f"{record.index}")]
    while waiting:
        value, parent, place = waiting.pop()
        if not isinstance(value, dict):
            continue
        message = _message(record, value, parent=parent, tree=tree, place=place)
        yield message
        replies = value.get("replies")
        inner = list(enumerate(replies)) if isinstance(replies, list) else []
        waiting += [(reply, message.id, f"{place}.{number}") for number, reply in reversed(inner)]


def _message(record: Record, value: dict[str, Any], *, parent: str | None, tree: str | None, place: str) -> Message:
    rank, text = value.get("rank"), value.get("text")
    words = text.strip() if isinstance(text, str) else ""
    return Message(
        record,
        id=_name(value.get("message_id")) or f"message {place}",
        parent=parent,
        role="user" if value.get("role") in ("prompter", "user") else "assistant",
        text=words,
        rank=float(rank) if isinstance(rank, int | float) and not isinstance(rank, bool) else None,
        refused=value.get("deleted") is True or value.get("review_result") is False or not words,
        tree=tree,
    )


def _name(value: Any) -> str | None:
    return (spelled(value) or None) if is_cell(value) else None
