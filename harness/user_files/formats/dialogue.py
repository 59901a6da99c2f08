"""Read conversations (lists of messages, or transcripts) and write them as the text that a model reads.

Understood are the messages of OpenAI (`role`, `content`) and ShareGPT (`from`, `value`), and transcripts as in hh-rlhf.
A conversation with a single user turn becomes that turn, after the system message and a blank line if there is one. A
longer conversation is written with a name before each turn. What a tool was asked and what it answered are turns, too::

    You are a librarian.

    User: Do you have Dune?
    Tool call: {"name": "search", "arguments": {"title": "Dune"}}
    Tool result: {"copies": 2}
    Assistant: We do.
    User: And its sequel?
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness.user_files.decision_log import DecisionLog

Role = Literal["system", "user", "assistant", "tool_call", "tool_result"]

TOOL_RESULT = "\nTool result: "
"""What stands before the result of a tool in a conversation that is written as text."""
_ROLES: dict[str, Role] = {
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("user", "human", "prompter", "customer", "client"), "user"),
    **dict.fromkeys(("assistant", "gpt", "chatgpt", "model", "ai", "bot", "chatbot", "agent", "llm"), "assistant"),
    **dict.fromkeys(("function_call", "tool_call", "tool_calls"), "tool_call"),
    **dict.fromkeys(
        ("tool", "function", "observation", "ipython", "tool_response", "function_response", "tool_result"),
        "tool_result",
    ),
}
"""Spelling in the file, in any case -> role."""
_ROLE_KEYS = ("role", "from")
_CONTENT_KEYS = ("content", "value", "text")
_CALL_KEYS = ("tool_calls", "function_call")
_TEXT_PARTS = (None, "text", "input_text", "output_text")
_SPEAKER = re.compile(r"(?:^|\n\n)(Human|Assistant):[ \t]?")
UNKNOWN_ROLE = (
    "records were left out, because a message has the unknown role {name}; rename it to user, assistant, system or tool"
)
UNREAD_PART = "records were left out, because a message holds a part of the type {name} (a picture, a sound, a file)"
NO_TEXT = "messages without any text were left out of conversations"


@dataclass(frozen=True)
class Lost:
    """Why a message, or what belongs to it, cannot be read as text."""

    what: str
    """Reason for the report, with `{name}`."""
    name: str = ""


@dataclass(frozen=True)
class Turn:
    """One message of a conversation."""

    role: Role
    text: str
    lost: Lost | None = None
    """Set if the message cannot be read; a reply that follows it must not be learnt."""
    is_learnt: bool = True
    """Whether a model may learn this reply: not if its `weight` is 0 (OpenAI), or if it ends in a call of a tool."""


def is_conversation(value: Any) -> bool:
    """Whether `value` is a list of messages: objects with a role, and with a text or a call of a tool."""
    return isinstance(value, list) and len(value) > 0 and all(map(_is_message, value))


def read_turns(messages: Any, decisions: DecisionLog) -> list[Turn]:
    """The turns of the messages. A message that cannot be read is a turn with `lost`; see `is_refused`."""
    listed = messages if isinstance(messages, list) else []
    return [turn for message in listed if isinstance(message, dict) for turn in _turns(message, decisions)]


def is_refused(turns: Sequence[Turn], decisions: DecisionLog) -> bool:
    """Whether one of the turns cannot be read. The first such turn is counted as the reason."""
    lost = next((turn.lost for turn in turns if turn.lost), None)
    if lost is None:
        return False
    decisions.count_named(lost.what, lost.name)
    return True


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
        lines = "\n".join(f"{turn.role.capitalize().replace('_', ' ')}: {turn.text}" for turn in spoken)
    return "\n\n".join([*system, lines] if lines else system)


def last_reply(turns: Sequence[Turn]) -> int | None:
    """Place of the last assistant turn that may be learnt; None if there is none."""
    places = [place for place, turn in enumerate(turns) if turn.role == "assistant" and turn.is_learnt]
    return places[-1] if places else None


def place_of_answer(turns: Sequence[Turn]) -> int | None:
    """As `last_reply`, but None also if no user turn comes before it."""
    last = last_reply(turns)
    return last if any(turn.role == "user" for turn in turns[:last]) else None


def question_and_answer(turns: Sequence[Turn]) -> tuple[str, str] | None:
    """(text before the last assistant turn, that turn); None if no user turn comes before it."""
    last = place_of_answer(turns)
    return None if last is None else (conversation_text(turns[:last]), turns[last].text)


def _is_message(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys().isdisjoint(_ROLE_KEYS):
        return False
    return not value.keys().isdisjoint((*_CONTENT_KEYS, *_CALL_KEYS))


def _turns(message: dict[str, Any], decisions: DecisionLog) -> Iterator[Turn]:
    """The turns of one message: its text, then its calls of tools."""
    # some files hold both keys, one of them empty
    name = next((str(message[key]) for key in _ROLE_KEYS if message.get(key)), "(none)")
    content = next((message[key] for key in _CONTENT_KEYS if message.get(key) is not None), None)
    role, calls = _ROLES.get(name.strip().casefold()), _calls(message)
    text, unread = _text(content)
    if role is None:
        yield Turn("user", "", lost=Lost(UNKNOWN_ROLE, name))
    elif unread is not None:
        yield Turn(role, "", lost=Lost(UNREAD_PART, unread))
    elif text:
        yield Turn(role, text, is_learnt=not calls and message.get("weight") != 0)
    elif not calls:
        decisions.count(NO_TEXT)
    if calls:
        yield Turn("tool_call", calls)


def _calls(message: dict[str, Any]) -> str:
    """The calls of tools in a message, one line each; empty if there are none."""
    found: Any = next((message[key] for key in _CALL_KEYS if message.get(key)), [])
    return "\n".join(json_text(_bare(call)) for call in (found if isinstance(found, list) else [found]))


def _bare(call: Any) -> Any:
    """Only name and arguments, which OpenAI wraps together with an id."""
    return call["function"] if isinstance(call, dict) and isinstance(call.get("function"), dict) else call


def json_text(value: Any) -> str:
    """A text as it is, anything else as JSON."""
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _text(content: Any) -> tuple[str, str | None]:
    """(the text of a message, the type of its first part that is not text)."""
    if content is None or isinstance(content, str):
        return (content or "").strip(), None
    parts = content if isinstance(content, list) else [content]
    texts = [_part_text(part) for part in parts]
    unread = next((part for part, text in zip(parts, texts, strict=True) if text is None), None)
    if unread is None:
        return "\n".join(text.strip() for text in texts if text and text.strip()), None
    return "", str(unread.get("type", "unknown")) if isinstance(unread, dict) else type(unread).__name__


def _part_text(part: Any) -> str | None:
    """The text of one part of a message; None if it is not text. A number or true is what a tool may answer."""
    if isinstance(part, str | int | float):
        return part if isinstance(part, str) else json.dumps(part)
    if not isinstance(part, dict):
        return None
    if part.keys().isdisjoint(("type", "text", "value")):
        return json_text(part)  # the result of a tool as an object
    found = next((part[key] for key in ("text", "value", "content") if part.get(key) is not None), None)
    if isinstance(found, dict):  # {"type": "text", "text": {"value": ...}}
        found = found.get("value")
    return found if part.get("type") in _TEXT_PARTS and isinstance(found, str) else None
