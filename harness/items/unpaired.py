"""Replies that people judged one at a time, for methods that learn without pairs (KTO), as TRL spells them."""

from __future__ import annotations

from dataclasses import dataclass

from harness.items.item import Item
from harness.items.rows import Row


@dataclass(frozen=True)
class UnpairedPreference(Row):
    """A prompt, one reply to it, and whether the reply is good."""

    prompt: str
    completion: str
    label: bool
    """True: a model should write such a reply."""


def has_only_wrong_answers(item: Item) -> bool:
    """Whether nothing can be asked about the item: all that is known of it are replies that are not right."""
    right = (item.label, item.answer, item.code, item.positive, item.foreign_text)
    return bool(item.wrong_answers) and not item.is_document and all(part is None for part in right)
