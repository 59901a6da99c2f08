"""The input of every view (`Content`), and how a module declares the views that it makes (`View`)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from harness.config.domain import Domain
from harness.domains.leaks import LONG_ANSWER, texts_of
from harness.items.item import SPLITS, Item, Split, shuffle_key
from harness.items.rows import Row
from harness.texts.near_index import folded

SomeRow = TypeVar("SomeRow", bound=Row)


@dataclass(frozen=True)
class Content:
    """The items that remain after all checks, their splits, and the domain's file."""

    items: Sequence[Item]
    split: Mapping[str, Split]
    """Item id -> split."""
    domain: Domain

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """All labels, sorted; empty if the domain has none."""
        return tuple(sorted({item.label for item in self.items if item.label is not None}))

    @cached_property
    def ordered(self) -> list[Item]:
        """Items in a pseudo-random order. A budget of n rows takes the first n."""
        return sorted(self.items, key=lambda item: shuffle_key(self.domain.splits.seed, item.id))

    def of_split(self, split: Split) -> list[Item]:
        """The items of one split, in the order of `ordered`."""
        return [item for item in self.ordered if self.split[item.id] == split]

    @cached_property
    def by_split(self) -> dict[Split, list[Item]]:
        """Every split with its items, in the order of `ordered`."""
        return {split: self.of_split(split) for split in SPLITS}

    def wrong_answers(self, item: Item) -> tuple[str, ...]:
        """The wrong answers that rows of the item may show, most plausible first.

        - A training item never shows the text or a long answer of a held-out item. A model that is trained to reject
          an answer would also reject it in the test, where it is right.
        - A held-out item shows the right answers to training items last, because a model that memorised them would be
          drawn to them.
        """
        if self.split[item.id] == "train":
            return self._free(item, item.wrong_answers)
        return tuple(sorted(item.wrong_answers, key=lambda text: folded(text) in self._learnt))

    def negatives(self, item: Item) -> tuple[str, ...]:
        """The texts that the item's anchors should not find; a training item never shows a text of a held-out item."""
        return self._free(item, item.negatives)

    def _free(self, item: Item, texts: tuple[str, ...]) -> tuple[str, ...]:
        if self.split[item.id] != "train":
            return texts
        return tuple(text for text in texts if folded(text) not in self._held_out)

    @cached_property
    def _learnt(self) -> frozenset[str]:
        train = [item for item in self.items if self.split[item.id] == "train"]
        return frozenset(folded(text) for item in train for text in (item.answer, *item.other_answers) if text)

    @cached_property
    def _held_out(self) -> frozenset[str]:
        held_out = [item for item in self.items if self.split[item.id] != "train"]
        found = [item.positive for item in held_out if item.positive and len(item.positive) >= LONG_ANSWER]
        return frozenset(map(folded, [*found, *(text for item in held_out for text in texts_of(item))]))

    def rng(self, name: str) -> random.Random:
        """A random generator that depends on the domain's seed and on `name` only, never on the other items."""
        return random.Random(shuffle_key(self.domain.splits.seed, name))

    def mixed(self, rows: Iterable[SomeRow]) -> list[SomeRow]:
        """The rows in a pseudo-random order.

        For views with several rows per item: the first n rows then come from nearly n items, not from n / k items.
        """
        return sorted(rows, key=lambda row: shuffle_key(self.domain.splits.seed, row.id))


@dataclass(frozen=True)
class View:
    """One view: the kind of its rows and the function that makes them."""

    row: type[Row]
    """Kind of row: Question, Instruction, Pair, Preference or Document."""
    build: Callable[[Content], Sequence[Row]]
    """Rows in a pseudo-random order, of which a budget takes the first n; empty if the domain lacks data for the view.
    The function is pure: the same content gives the same rows. A row uses its own item and never a held-out item."""
    about: str
    """What a row asks, in one line for the data card."""
