"""Read conversations (lists of messages, or transcripts) and write them as the text that a model reads.

Understood are the messages of OpenAI (`role`, `content`) and ShareGPT (`from`, `value`), and transcripts as in hh-rlhf.
A conversation with a single user turn becomes that turn, after the system message and a blank line if there is one. A
longer conversation is written with a name before each turn::

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

from harness.user_files.decision_log import DecisionLog

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
_TOOL_ROLES = {"tool", "function", "observation", "ipython"}
_CONTENT_KEYS = {"content", "tool_calls", "function_call"}
_SPEAKER = re.compile(r"(?:^|\n\n)(Human|Assistant):[ \t]?")
TOOLS = "messages of tools were left out of conversations"
UNKNOWN_ROLE = "messages of the unknown role {name} were left out of conversations"
NO_TEXT = "messages without text (tool calls, pictures) were left out of conversations"


@dataclass(frozen=True)
class Turn:
    """One message of a conversation."""

    role: Role
    text: str


def is_conversation(value: Any) -> bool:
    """Whether `value` is a list of messages: objects with role and content (or a tool call), or with from and value."""
    return (
        isinstance(value, list)
        and len(value) > 0
        and all(
            isinstance(message, dict)
            and (_is_share_gpt(message) or ("role" in message and not _CONTENT_KEYS.isdisjoint(message)))
            for message in value
        )
    )


def read_turns(messages: Any, decisions: DecisionLog) -> list[Turn]:
    """The turns with text. Messages of tools, of unknown roles and without text are left out and counted."""
    turns: list[Turn] = []
    for message in messages if isinstance(messages, list) else []:
        if not isinstance(message, dict):
            continue
        name, content = (message.get("from"), message.get("value")) if _is_share_gpt(message) else (None, None)
        name = str(name or message.get("role"))
        role = _ROLES.get(name.casefold())
        text = _text(content if content is not None else message.get("content"))
        if name.casefold() in _TOOL_ROLES:
            decisions.count(TOOLS)
        elif role is None:
            decisions.count_named(UNKNOWN_ROLE, name)
        elif not text:
            decisions.count(NO_TEXT)
        else:
            turns.append(Turn(role, text))
    return turns


def read_transcript(text: str) -> list[Turn]:
    """Turns of a text such as "\\n\\nHuman: Hi\\n\\nAssistant: Hello"; empty if the text does not start like that."""
    pieces = _SPEAKER.split(text.lstrip())
    if len(pieces) < 3 or pieces[0].strip():
        return []
    speakers: list[Role] = ["user" if name == "Human" else "assistant" for name in pieces[1::2]]
    return [Turn(role, words.strip()) for role, words in zip(speakers, pieces[2::2], strict=True)]


def conversation_text(turns: Sequence[Turn]) -> str:
    """The turns as one text; the docstring of the module shows it."""
    system = [turn.text for turn in turns if turn.role == "system"]
    spoken = [turn for turn in turns if turn.role != "system"]
    if len(spoken) == 1 and spoken[0].role == "user":
        lines = spoken[0].text
    else:
        lines = "\n".join(f"{turn.role.capitalize()}: {turn.text}" for turn in spoken)
    return "\n\n".join([*system, lines] if lines else system)


def question_and_answer(turns: Sequence[Turn]) -> tuple[str, str] | None:
    """(text before the last assistant turn, that turn); None if no user turn comes before it."""
    last = max((place for place, turn in enumerate(turns) if turn.role == "assistant"), default=0)
    before = turns[:last]
    if not any(turn.role == "user" for turn in before):
        return None
    return conversation_text(before), turns[last].text


def _is_share_gpt(message: dict[str, Any]) -> bool:
    return {"from", "value"} <= message.keys()


def _text(content: Any) -> str:
    """A text, or the texts among the parts of a message."""
    if isinstance(content, str):
        return content.strip()
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "\n".join(part.strip() for part in parts if isinstance(part, str))
    return ""
