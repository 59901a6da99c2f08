"""OpenAssistant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.user_files.columns import Columns
from harness.user_files.decisions import DecisionLog
from harness.user_files.dialogue import Turn, as_text
from harness.user_files.formats.contract import Draft, RecordFormat
from harness.user_files.formats.message_trees import Message, flat_messages, tree_messages
from harness.user_files.record import Record

REFUSED = "messages that were deleted or failed review were left out"
UNRANKED = "prompts without ranked replies were left out"
ORPHANS = "prompts whose earlier messages are missing were left out"


class OpenAssistant(RecordFormat):
    """Conversation trees with ranked replies (Köpf et al., 2023): nested, or one message per record.

    Each prompter message whose replies have ranks is an item. Its text is the conversation up to it (`turns.as_text`),
    the best ranked reply its answer, an equally ranked one a further right answer, lower ranked ones wrong answers, the
    better first. The cluster is the tree.
    """

    name = "open_assistant"
    title = "OpenAssistant (trees of messages with role, text, rank)"
    needs = ("text", "answer")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """A nested tree, or a message that names its parent."""
        prompt = value.get("prompt")
        nested = isinstance(prompt, dict) and "text" in prompt and isinstance(prompt.get("replies"), list)
        return nested or {"message_id", "parent_id", "role", "text"} <= value.keys()

    def items(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One per prompter message with ranked replies."""
        messages: dict[str, Message] = {}
        for record in records:
            nested = isinstance(record.value.get("prompt"), dict)
            for message in (tree_messages if nested else flat_messages)(record):
                messages[message.id] = message
        usable = {name: message for name, message in messages.items() if not message.refused}
        decisions.count(REFUSED, len(messages) - len(usable))
        replies: dict[str, list[Message]] = {}
        for message in usable.values():
            if message.parent is not None and message.role == "assistant":
                replies.setdefault(message.parent, []).append(message)
        for message in usable.values():
            if message.role == "user":
                yield from _drafts(message, replies.get(message.id, []), usable, decisions=decisions)


def _drafts(
    message: Message, replies: Sequence[Message], usable: Mapping[str, Message], *, decisions: DecisionLog
) -> Iterator[Draft]:
    """One or none."""
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
            as_text([Turn(turn.role, turn.text) for turn in path]),
            answer=ranked[0][2],
            other_answers=tuple(text for rank, _, text in ranked[1:] if rank == best),
            wrong_answers=tuple(text for rank, _, text in ranked if rank > best),
            id=message.id,
            cluster=message.tree or path[0].id,
        )


def _path(message: Message, usable: Mapping[str, Message]) -> list[Message] | None:
    """From the root to `message`; None if a message between them is missing or the parents go in a circle."""
    path = [message]
    seen = {message.id}
    while (parent := path[-1].parent) is not None:
        if parent not in usable or parent in seen:
            return None
        seen.add(parent)
        path.append(usable[parent])
    return path[::-1]
