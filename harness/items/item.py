"""The items of a domain, which a builder makes of a source and from which views are made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class Item:
    """One thing of the domain. Fields that a source does not have stay empty; views that need them are then absent."""

    id: str
    """Unique in the domain, and the same in every version of the source."""
    text: str
    """The text that is asked about: a product, a diagnosis, a question, an instruction, a plain document."""
    cluster: str
    """Name of a group of related items. All items of a cluster go into the same split."""
    label: str | None = None
    """The label, spelled as the model should write it."""
    answer: str | None = None
    """The reply that a model should write to `text`."""
    other_answers: tuple[str, ...] = ()
    """Further right replies, where the source has several."""
    wrong_answers: tuple[str, ...] = ()
    """Plausible but wrong replies, most plausible first: answers to neighbouring questions, descriptions of sibling
    codes, replies that people ranked lower."""
    code: str | None = None
    """The item's code in the domain (`0101.21`). `text` is then the description of the code."""
    missing_code: str | None = None
    """A code that looks like `code` but does not exist."""
    anchors: tuple[str, ...] = ()
    """Search texts that should find `positive`: synonyms, questions."""
    positive: str | None = None
    """The text that the anchors should find."""
    negatives: tuple[str, ...] = ()
    """Similar texts that the anchors should not find, most similar first."""
    foreign_text: str | None = None
    """`text` in the domain's second language."""
    foreign_answer: str | None = None
    """`answer` in the domain's second language."""
    given_split: Split | None = None
    """The item's split in the source. Either all items of a domain have one, or none has."""
    is_document: bool = False
    """Whether `text` is plain text to read, not a text to reply to."""


def shuffle_key(seed: int, name: str) -> str:
    """A pseudo-random sort key that does not depend on the order or the number of other items.

    The first n items in this order are nested samples: the first 64 are part of the first 640.
    """
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


@dataclass(frozen=True)
class Note:
    """A decision about the data, for the data card."""

    what: str
    """Text that follows the number, in the plural: `records with an empty text were left out`."""
    count: int


@dataclass(frozen=True)
class Built:
    """The result of a builder."""

    items: list[Item]
    notes: tuple[Note, ...] = ()
