"""Find leaks: training items that nearly repeat held-out texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from harness.items.item import Item
from harness.texts.near_index import NEAR, NearIndex, folded
from harness.texts.rare_words import rare_words
from harness.texts.shared_parts import own_parts
from harness.user_files.formats.dialogue import TOOL_RESULT

__all__ = ["NEAR", "compared_texts", "near_duplicate_groups", "near_duplicates", "texts_of"]

LONG_ANSWER = 40
"""Answers with at least this many characters identify an item. Shorter ones ("yes", a label) repeat without a leak."""

SHARED_BY, SHARED_SHARE = 5, 0.02
"""A line is part of the task, not of an item, if it occurs in this many items and in this share of all items."""

STOCK_ANSWER_BY = 5
"""An answer that this many items share word for word, apart from numbers, is a stock reply. To learn it is the task and
not a leak."""

_DIGITS = re.compile(r"\d+")


def texts_of(item: Item) -> list[str]:
    """The texts that identify an item: the question text in both languages, and long answers."""
    return _asked_texts(item) + _long_answers(item)


def _asked_texts(item: Item) -> list[str]:
    return [text for text in (item.text, item.foreign_text) if text]


def _long_answers(item: Item) -> list[str]:
    answers = (item.answer, *item.other_answers, item.foreign_answer)
    return [text for text in answers if text and len(text) >= LONG_ANSWER]


def compared_texts(items: Sequence[Item]) -> dict[str, list[str]]:
    """Item id -> the texts by which it is compared with other items: `texts_of`, without parts that many items share.

    - Lines that many items share are left out. Some formats repeat a task definition or a system prompt in every text,
      which would make all items near-duplicates of each other. A text of shared lines only is compared whole.
    - Of what remains, the beginning and the end that most items share are left out, also within a line.
    - Stock replies are left out. A help desk has a dozen of them, and each occurs in some held-out item.
    - Conversations with tools are compared without the words that most of them have. The same question with another
      result of a tool has another answer.
    """
    given = Counter(answer for item in items for answer in set(map(_wording, _long_answers(item))))
    stock = {answer for answer, count in given.items() if count >= STOCK_ANSWER_BY}
    texts = {
        item.id: _asked_texts(item) + [answer for answer in _long_answers(item) if _wording(answer) not in stock]
        for item in items
    }
    seen = Counter(line for several in texts.values() for text in several for line in set(_lines(text)))
    shared = {line for line, count in seen.items() if count >= max(SHARED_BY, SHARED_SHARE * len(items))}
    own = {
        (name, place): _without(shared, text) for name, several in texts.items() for place, text in enumerate(several)
    }
    places = sorted({place for _, place in own})
    for at in places:  # questions share other words than answers do
        own |= own_parts({(name, place): text for (name, place), text in own.items() if place == at})
    with_tools = {at for at in own if TOOL_RESULT in texts[at[0]][at[1]]}
    own |= rare_words({at: own[at] for at in own if at in with_tools})
    return {name: [own[name, place] for place in range(len(several))] for name, several in texts.items()}


def _wording(answer: str) -> str:
    """The answer with each number as 0: `It costs 0 crowns.`"""
    return _DIGITS.sub("0", folded(answer))


def _without(shared: set[str], text: str) -> str:
    own = [line for line in _lines(text) if line not in shared]
    return "\n".join(own) if any(own) else text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n")]


def near_duplicates(
    train: Mapping[str, Sequence[str]], held_out: Mapping[str, Sequence[str]], *, near: float = NEAR
) -> dict[str, set[str]]:
    """Find the training items with a text that nearly repeats a held-out text.

    Similarity is the Jaccard index of character 5-grams; `near_index` says what is found and what may be missed.
    Memory grows with the held-out texts only.

    Args:
        train: item id -> texts.
        held_out: origin, such as "suite safety", -> texts.
        near: the similarity from which on a text is a near-duplicate.

    Returns:
        Origin -> ids of the training items; every origin is a key.

    Raises:
        ConfigError: `near` is not in (0, 1].
    """
    index = NearIndex(near=near)
    for origin, texts in held_out.items():
        for text in texts:
            index.add(origin, text)
    leaks: dict[str, set[str]] = {origin: set() for origin in held_out}
    for name, texts in train.items():
        for text in texts:
            for origin in index.find(text):
                leaks[origin].add(name)
    return leaks


def near_duplicate_groups(texts: Mapping[str, str], *, near: float = NEAR) -> list[list[str]]:
    """Groups of keys whose texts nearly repeat each other, in the order of the texts. Single texts are left out.

    A text joins the first group whose first text it nearly repeats. So a hundred thousand copies of a template cost no
    more time than as many different texts.

    Raises:
        ConfigError: `near` is not in (0, 1].
    """
    index = NearIndex(near=near)
    groups: dict[str, list[str]] = {}
    for key, text in texts.items():
        leaders = index.find(text)
        if leaders:
            groups[leaders[0]].append(key)
        else:
            index.add(key, text)
            groups[key] = [key]
    return [group for group in groups.values() if len(group) > 1]
