"""What a builder delivers: the items of a domain, with all that views are made of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class Item:
    """One thing of the domain. What a source does not have stays empty, and the views made of it are then absent."""

    id: str
    """Stable across versions of the source, unique in the domain."""
    text: str
    """What is asked about: a product, a diagnosis, a question, an instruction, a plain document."""
    cluster: str
    """Items of one origin share it; a cluster never straddles splits."""
    label: str | None = None
    """As the model should spell it."""
    answer: str | None = None
    """What a model should write in reply to `text`."""
    other_answers: tuple[str, ...] = ()
    """Further right replies, where the source has several."""
    wrong_answers: tuple[str, ...] = ()
    """Plausible but wrong: answers to neighbouring questions, descriptions of sibling codes, replies that people
    ranked lower. Most plausible first."""
    code: str | None = None
    """Under which the domain files it (`0101.21`); then `text` is its description."""
    missing_code: str | None = None
    """Looks like `code`, and stands for nothing."""
    anchors: tuple[str, ...] = ()
    """Texts that should find `positive`: synonyms, questions."""
    positive: str | None = None
    """What the anchors should find."""
    negatives: tuple[str, ...] = ()
    """What they should not find though it looks alike, most alike first."""
    foreign_text: str | None = None
    """`text` in the domain's second language."""
    foreign_answer: str | None = None
    """`answer` in the domain's second language."""
    given_split: Split | None = None
    """Where the source itself puts the item; all items of a domain have one, or none has."""
    is_document: bool = False
    """`text` is plain text to read, not something to reply to."""


def shuffle_key(seed: int, name: str) -> str:
    """A pseudo-random sort key that does not depend on the order or the number of the other items.

    Sorting by it and taking the first n gives nested samples: the first 64 are part of the first 640.
    """
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


@dataclass(frozen=True)
class Note:
    """A decision about the data, which the card tells."""

    what: str
    """In the plural, to be read after the number: `records with an empty text were left out`."""
    count: int


@dataclass(frozen=True)
class Built:
    """What a builder returns."""

    items: list[Item]
    notes: tuple[Note, ...] = ()
