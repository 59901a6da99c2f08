"""What every view is made of, and how a module says which views it makes."""

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
    """The items that remain after all checks, with their split and the domain's file."""

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
        """Items in the pseudo-random order in which budgets take their first n."""
        return sorted(self.items, key=lambda item: shuffle_key(self.domain.splits.seed, item.id))

    def of_split(self, split: Split) -> list[Item]:
        """The items of one split, in the order of `ordered`."""
        return [item for item in self.ordered if self.split[item.id] == split]

    @cached_property
    def by_split(self) -> dict[Split, list[Item]]:
        """Every split with its items, in the order of `ordered`."""
        return {split: self.of_split(split) for split in SPLITS}

    def wrong_answers(self, item: Item) -> tuple[str, ...]:
        """The wrong answers that rows of the item may show.

        Not in training: the text or the long answer of a held-out item. What a model is trained to reject as the
        reply to a neighbouring question, it would reject in the test as well, where it is right. For a held-out item
        the right replies to training items come last: who has learnt those by heart would be drawn to them.
        """
        if self.split[item.id] == "train":
            return self._free(item, item.wrong_answers)
        return tuple(sorted(item.wrong_answers, key=lambda text: folded(text) in self._learnt))

    def negatives(self, item: Item) -> tuple[str, ...]:
        """The same for what anchors should not find."""
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
        """Random numbers that depend on the domain's seed and `name` only, never on the other items."""
        return random.Random(shuffle_key(self.domain.splits.seed, name))

    def mixed(self, rows: Iterable[SomeRow]) -> list[SomeRow]:
        """Rows in a pseudo-random order of their own.

        For views of several rows per item: the first n rows are then of nearly n items, not of n over so many.
        """
        return sorted(rows, key=lambda row: shuffle_key(self.domain.splits.seed, row.id))


@dataclass(frozen=True)
class View:
    """How the rows of one view are made."""

    row: type[Row]
    """Kind of row: Question, Instruction, Pair, Preference or Document."""
    build: Callable[[Content], Sequence[Row]]
    """Rows in a pseudo-random order, of which budgets take the first n; empty if the domain has nothing for this
    view. Pure: the same content gives the same rows. A row uses what belongs to its own item, never an item that is
    held out."""
    about: str
    """One line for the card: what a row asks."""
