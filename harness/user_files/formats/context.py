"""What belongs before the question of a record: its system prompt, its tools and earlier turns, each in a column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from harness.user_files.cell_text import is_cell, is_empty, value_text
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.formats.dialogue import (
    Lost,
    Turn,
    conversation_text,
    is_conversation,
    is_refused,
    json_text,
    read_turns,
)
from harness.user_files.json_cells import decoded
from harness.user_files.record import Record

SYSTEM = ("system", "system_prompt", "system_message")
TOOLS = ("tools", "functions")
HISTORY = ("history",)
MEDIA = ("images", "image", "videos", "video", "audios", "audio")
UNREAD_HISTORY = "records were left out, because their history is neither [question, reply] pairs nor messages"
UNREAD_MEDIA = "records were left out, because their column {name} holds pictures or sound that no text replaces"


def context_columns(names: Collection[str], columns: Columns) -> set[str]:
    """The columns of the file that hold context. A column that the user names as input, output or label does not."""
    taken = {columns.input, columns.output, columns.label}
    return {name for name in (*SYSTEM, *TOOLS, *HISTORY, *MEDIA) if name in names and name not in taken}


def with_context(record: Record, turns: Sequence[Turn], columns: Columns, decisions: DecisionLog) -> str | None:
    """The context and the turns as one text; None if a part of it cannot be read, which is counted."""
    before = [*context_turns(record, columns), *turns]
    return None if is_refused(before, decisions) else conversation_text(before)


def context_turns(record: Record, columns: Columns) -> list[Turn]:
    """The turns that the context columns hold: system prompt, tools, then earlier turns."""
    found = context_columns(record.value.keys(), columns)
    return [
        turn
        for kind, read in ((SYSTEM, _system), (TOOLS, _tools), (HISTORY, _history), (MEDIA, _media))
        for name in kind
        if name in found and not is_empty(record.value[name])
        for turn in read(name, record.value[name])
    ]


def _system(name: str, value: Any) -> Iterator[Turn]:
    yield Turn("system", json_text(value))


def _tools(name: str, value: Any) -> Iterator[Turn]:
    yield Turn("system", f"Tools: {json_text(value)}")


def _media(name: str, value: Any) -> Iterator[Turn]:
    yield Turn("user", "", lost=Lost(UNREAD_MEDIA, name))


def _history(name: str, value: Any) -> Iterator[Turn]:
    listed = decoded(value)
    if isinstance(listed, str):  # earlier turns as a text of its own
        yield Turn("system", listed.strip())
    elif is_conversation(listed):
        yield from read_turns(listed, DecisionLog())  # messages without text say nothing
    elif isinstance(listed, list) and all(map(_is_pair, listed)):
        for question, reply in listed:
            yield Turn("user", (value_text(question) or "").strip())
            yield Turn("assistant", (value_text(reply) or "").strip())
    else:
        yield Turn("user", "", lost=Lost(UNREAD_HISTORY))


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(is_cell, value))
