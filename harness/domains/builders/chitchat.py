"""Builder of chats that people rated (BYU's Chit-Chat Challenge): a better- against a worse-rated one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.domains.builders._explicit_words import EXPLICIT
from harness.domains.builders._options import numbers
from harness.domains.builders._people_apart import Couple, groups_of_people
from harness.errors import DataError
from harness.items.item import Built, Item, Note, Split
from harness.texts.personal import tagged

FILE = "chitchat_dataset/dataset.json"
RATINGS = ("interesting", "upbeat", "witty")
SCALE = range(1, 11)
UNTOUCHED = 5
"""Where the sliders stand before anybody moves one: a chat with 5, 5, 5 counts as not rated."""
CHARACTERS = 500
"""Most characters of the end of a chat: about 150 tokens, which fit with the prompt into 256."""
FEWEST = 4
"""Messages that the end of a chat has at least."""
DEFAULTS = {"gap": 9, "train_chats": 800, "validation_chats": 100, "repeats": 2}
"""The options, and what holds without them."""


@dataclass(frozen=True)
class _Chat:
    id: str
    people: Couple
    rating: int
    """Sum of the three ratings: 3 to 30."""
    end: str


def build(source: Path, options: Mapping[str, Any]) -> Built:
    """Pairs of two chats between other people, of which one was rated at least `gap` of 30 points higher.

    The ratings belong to a whole chat; the source does not say which of the two people gave them. So a text is the end
    of a chat with both people in it: the last whole messages within 500 characters. Chats that are shorter than that
    are left out, because low ratings often belong to chats that hardly began, and length alone would tell them. For the
    same reason each worse chat is paired with the unused better chat whose end is nearest in length.

    Nearly all people are connected, some by hundreds of chats. So people are parted into groups of at most
    `train_chats` chats, and chats between groups are left out: nobody is in two splits. The largest group trains, the
    largest of those with at most `validation_chats` validates, all others test. A better chat is in one pair. A worse
    one, which is scarce, is in one pair too, and in training in up to `repeats`.

    The cluster is the one of the four people who chats most in the split. Addresses and numbers are masked. First
    names inside sentences stay.

    Raises:
        DataError: the file is missing or has another layout, an option is invalid, or a split has no pair.
    """
    chosen = numbers(options, DEFAULTS)
    path = source / FILE
    records = _records(path)
    rated = {name: record for name, record in records.items() if _is_rated(record, name, where=str(path))}
    chats = [chat for name, record in rated.items() if (chat := _chat(name, record, where=str(path)))]
    clean = [chat for chat in chats if not EXPLICIT.search(chat.end)]
    splits = _splits(clean, chosen)
    items = [item for split, part in splits.items() for item in _pairs(part, split, chosen)]
    lacking = next((split for split in splits if not any(item.given_split == split for item in items)), None)
    if lacking:
        what = f"no two chats of the {lacking} split are {chosen['gap']} points apart"
        raise DataError(what, where=str(path), hint="make `gap` or `train_chats` smaller, `validation_chats` larger")
    return Built(
        items,
        (
            Note("chats have no rating or the untouched one (5, 5, 5), and were left out", len(records) - len(rated)),
            Note("rated chats are too short or have one person only, and were left out", len(rated) - len(chats)),
            Note("rated chats with sexual or vulgar words were left out", len(chats) - len(clean)),
            Note(
                "rated chats are between people of two splits, and were left out",
                len(clean) - sum(map(len, splits.values())),
            ),
        ),
    )


def _splits(chats: Sequence[_Chat], chosen: Mapping[str, int]) -> dict[Split, list[_Chat]]:
    group = groups_of_people((chat.people for chat in chats), most=chosen["train_chats"])
    parts: dict[int, list[_Chat]] = {}
    for chat in chats:
        first, second = (group[person] for person in chat.people)
        if first == second:
            parts.setdefault(first, []).append(chat)
    validates = next((number for number in sorted(parts)[1:] if len(parts[number]) <= chosen["validation_chats"]), None)
    found: dict[Split, list[_Chat]] = {"train": [], "validation": [], "test": []}
    for number, part in sorted(parts.items()):
        found["train" if number == 0 else "validation" if number == validates else "test"] += part
    return found


def _pairs(chats: Sequence[_Chat], split: Split, chosen: Mapping[str, int]) -> Iterator[Item]:
    """Items whose answer is the better chat and whose wrong answer is the worse; the worst-rated chats choose first."""
    activity = Counter(person for chat in chats for person in chat.people)
    used: set[str] = set()
    worse_in: Counter[str] = Counter()
    for turn in range(chosen["repeats"] if split == "train" else 1):
        for worse in sorted(chats, key=lambda chat: (chat.rating, chat.id)):
            better = _partner(worse, [chat for chat in chats if chat.id not in used], gap=chosen["gap"])
            if better is None or worse_in[worse.id] < turn or (worse.id in used and not worse_in[worse.id]):
                continue
            used |= {worse.id, better.id}
            worse_in[worse.id] += 1
            people = {*worse.people, *better.people}
            yield Item(
                id=f"{better.id}-{worse.id[:8]}",
                text=better.end,
                answer=better.end,
                wrong_answers=(worse.end,),
                cluster=max(people, key=lambda person: (activity[person], person)),
                given_split=split,
            )


def _partner(worse: _Chat, free: Sequence[_Chat], *, gap: int) -> _Chat | None:
    """The chat with a clearly better rating, between other people, whose end is nearest in length."""
    fitting = [chat for chat in free if chat.rating - worse.rating >= gap and not set(chat.people) & set(worse.people)]
    return min(fitting, key=lambda chat: (abs(len(chat.end) - len(worse.end)), chat.id), default=None)


def _records(path: Path) -> dict[str, dict[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError("the chats are missing", where=str(path), hint="run `harness fetch`") from None
    except ValueError as error:  # not UTF-8 or not JSON
        raise DataError(f"the file is not JSON: {error}", where=str(path), hint="run `harness fetch`") from None
    if not isinstance(content, dict) or not all(isinstance(record, dict) for record in content.values()):
        raise DataError("the file is no mapping of chats", where=str(path), expected=_LAYOUT)
    return content


_LAYOUT = "the layout of chitchat-dataset 0.9.0"


def _is_rated(record: Mapping[str, Any], name: str, *, where: str) -> bool:
    """Whether somebody moved a slider."""
    ratings = record.get("ratings")
    if ratings is None:
        return False
    values = [ratings.get(kind) for kind in RATINGS] if isinstance(ratings, dict) else []
    if not values or any(type(value) is not int or value not in SCALE for value in values):
        what = f'the ratings of the chat "{name}" are {ratings!r:.80}'
        raise DataError(what, where=where, expected=f"{', '.join(RATINGS)}, each from 1 to 10: {_LAYOUT}")
    return any(value != UNTOUCHED for value in values)


def _chat(name: str, record: Mapping[str, Any], *, where: str) -> _Chat | None:
    """The chat, or null if it is too short or only one person wrote."""
    messages = list(_messages(name, record, where=where))
    end, shown = _end(messages)
    people = sorted({sender for sender, _ in messages})
    if len(people) != 2 or shown < FEWEST or shown == len(messages) or len({who for who, _ in messages[-shown:]}) < 2:
        return None
    return _Chat(name, (people[0], people[1]), sum(record["ratings"][kind] for kind in RATINGS), end)


def _messages(name: str, record: Mapping[str, Any], *, where: str) -> Iterator[tuple[str, str]]:
    """(sender, text in one line, with personal data masked) of each message that has a text."""
    for turn in record.get("messages") or []:
        for message in turn:
            if not isinstance(message.get("text"), str) or not isinstance(message.get("sender"), str):
                raise DataError(
                    f'a message of the chat "{name}" has no text or no sender', where=where, expected=_LAYOUT
                )
            if text := " ".join(message["text"].split()):
                yield message["sender"], tagged(text)


def _end(messages: Sequence[tuple[str, str]]) -> tuple[str, int]:
    """The last whole messages within the limit, one line per turn, and their number."""
    shown, text = 0, ""
    while shown < len(messages) and len(longer := _written(messages[-shown - 1 :])) <= CHARACTERS:
        shown, text = shown + 1, longer
    return text, shown


def _written(messages: Sequence[tuple[str, str]]) -> str:
    """`A: Hello. Are you there?`, `B: Yes`; A is who writes first."""
    first = messages[0][0]
    lines: list[tuple[str, list[str]]] = []
    for sender, text in messages:
        if not lines or lines[-1][0] != sender:
            lines.append((sender, []))
        lines[-1][1].append(text)
    return "\n".join(f"{'A' if sender == first else 'B'}: {' '.join(texts)}" for sender, texts in lines)
