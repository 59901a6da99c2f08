"""Find what would let a model know the test beforehand: training items that nearly repeat what is held out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from harness.items.item import Item
from harness.texts.near_index import NEAR, NearIndex, folded

__all__ = ["NEAR", "compared_texts", "near_duplicate_groups", "near_duplicates", "texts_of"]

LONG_ANSWER = 40
"""Characters from which an answer gives itself away; shorter ones ("yes", a label) repeat without any leak."""

SHARED_BY, SHARED_SHARE = 5, 0.02
"""A line that so many items have, and so large a share of them, is part of the task and not of the item."""

STOCK_ANSWER_BY = 5
"""An answer that so many items give word for word is a stock reply: learning it is the task, and no leak."""


def texts_of(item: Item) -> list[str]:
    """The texts of an item by which it is recognised: what is asked, in both languages, and long answers."""
    return _asked_texts(item) + _long_answers(item)


def _asked_texts(item: Item) -> list[str]:
    return [text for text in (item.text, item.foreign_text) if text]


def _long_answers(item: Item) -> list[str]:
    answers = (item.answer, *item.other_answers, item.foreign_answer)
    return [text for text in answers if text and len(text) >= LONG_ANSWER]


def compared_texts(items: Sequence[Item]) -> dict[str, list[str]]:
    """Item id -> the texts by which it is compared with others: `texts_of`, without what many items share.

    The definition of a task or a system prompt stands in every text of some formats; it would make all of them
    near-duplicates of each other. A text of nothing but shared lines is compared whole, an answer
    that is a stock reply not at all: a help desk has a dozen of them, and each is held out somewhere.
    """
    given = Counter(answer for item in items for answer in set(map(folded, _long_answers(item))))
    stock = {answer for answer, count in given.items() if count >= STOCK_ANSWER_BY}
    texts = {
        item.id: _asked_texts(item) + [answer for answer in _long_answers(item) if folded(answer) not in stock]
        for item in items
    }
    seen = Counter(line for several in texts.values() for text in several for line in set(_lines(text)))
    shared = {line for line, count in seen.items() if count >= max(SHARED_BY, SHARED_SHARE * len(items))}
    return {name: [_without(shared, text) for text in several] for name, several in texts.items()}


def _without(shared: set[str], text: str) -> str:
    own = [line for line in _lines(text) if line not in shared]
    return "\n".join(own) if any(own) else text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n")]


def near_duplicates(
    train: Mapping[str, Sequence[str]], held_out: Mapping[str, Sequence[str]], *, near: float = NEAR
) -> dict[str, set[str]]:
    """Origin of held-out texts -> ids of the training items with a text that nearly repeats one of them.

    `train` is id -> texts; `held_out` is origin ("suite safety") -> texts. Every origin is in the result.
    Similarity is the Jaccard index of character 5-grams; see `near_index` for what is found and what may be missed.
    Memory grows with the held-out texts only.

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
    """Groups of keys, in their order: a text first, then those that nearly repeat it. Texts on their own are left out.

    A text joins the first group whose first text it nearly repeats, so a hundred thousand copies of a template cost
    no more than as many different texts.

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
