"""Conversations: lists of turns in the spellings of ShareGPT, OpenAI and hh-rlhf, and as plain text.

A conversation of one user turn is that turn, after the system message and a blank line if there is one. A longer one is
written with names before the turns, one turn after the other::

    You are a librarian.

    User: Do you have Dune?
    Assistant: We do.
    User: And its sequel?
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness.user_files.decisions import DecisionLog

Role = Literal["system", "user", "assistant"]

_ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "prompter": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "model": "assistant",
    "bot": "assistant",
}
_SAID = {"content", "tool_calls", "function_call"}
_MARK = re.compile(r"(?:^|\n\n)(Human|Assistant):[ \t]?")
OTHER_ROLES = "messages of tools and of unknown roles were left out of conversations"
NO_WORDS = "messages without words (tool calls, pictures) were left out of conversations"


@dataclass(frozen=True)
class Turn:
    """Who says what."""

    role: Role
    words: str


def is_turns(value: Any) -> bool:
    """A list of messages: objects with role and content (or a call of a tool instead), or from and value."""
    return (
        isinstance(value, list)
        and len(value) > 0
        and all(
            isinstance(turn, dict) and (_is_share_gpt(turn) or ("role" in turn and not _SAID.isdisjoint(turn)))
            for turn in value
        )
    )


def read_turns(messages: Any, decisions: DecisionLog) -> list[Turn]:
    """The turns with words; those of tools, and tool calls and pictures, are left out and counted."""
    turns: list[Turn] = []
    for message in messages if isinstance(messages, list) else []:
        if not isinstance(message, dict):
            continue
        name, said = (message.get("from"), message.get("value")) if _is_share_gpt(message) else (None, None)
        role = _ROLES.get(str(name or message.get("role")).casefold())
        words = _words(said if said is not None else message.get("content"))
        if role is None:
            decisions.count(OTHER_ROLES)
        elif not words:
            decisions.count(NO_WORDS)
        else:
            turns.append(Turn(role, words))
    return turns


def read_transcript(text: str) -> list[Turn]:
    """Turns of a text such as "\\n\\nHuman: Hi\\n\\nAssistant: Hello"; empty if it does not start with a mark."""
    pieces = _MARK.split(text.lstrip())
    if len(pieces) < 3 or pieces[0].strip():
        return []
    speakers: list[Role] = ["user" if name == "Human" else "assistant" for name in pieces[1::2]]
    return [Turn(role, words.strip()) for role, words in zip(speakers, pieces[2::2], strict=True)]


def as_text(turns: Sequence[Turn]) -> str:
    """What a model reads before it answers; see the module's docstring."""
    system = [turn.words for turn in turns if turn.role == "system"]
    spoken = [turn for turn in turns if turn.role != "system"]
    if len(spoken) == 1 and spoken[0].role == "user":
        lines = spoken[0].words
    else:
        lines = "\n".join(f"{turn.role.capitalize()}: {turn.words}" for turn in spoken)
    return "\n\n".join([*system, lines] if lines else system)


def question_and_answer(turns: Sequence[Turn]) -> tuple[str, str] | None:
    """What stands before the last assistant turn, and that turn; None if there is nothing to reply to."""
    last = max((place for place, turn in enumerate(turns) if turn.role == "assistant"), default=0)
    before = turns[:last]
    if not any(turn.role == "user" for turn in before):
        return None
    return as_text(before), turns[last].words


def _is_share_gpt(turn: dict[str, Any]) -> bool:
    return {"from", "value"} <= turn.keys()


def _words(content: Any) -> str:
    """A text, or the texts among the parts of a message."""
    if isinstance(content, str):
        return content.strip()
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "\n".join(part.strip() for part in parts if isinstance(part, str))
    return ""
