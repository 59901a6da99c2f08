"""Measure the lengths of texts in tokens of the base model, or in words if no base model is prepared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.items.item import Item

TOKENIZER_FILE = "tokenizer.json"


@dataclass(frozen=True)
class Ruler:
    """A unit of length and a function that measures texts in it."""

    unit: str
    """`tokens` or `words`."""
    measure: Callable[[list[str]], list[int]]
    """Texts -> their lengths."""


@dataclass(frozen=True)
class Lengths:
    """Distribution of the lengths of one kind of text, in the unit of the ruler."""

    count: int
    min: int
    median: int
    p95: int
    """95 % of the texts are not longer than this."""
    max: int


@dataclass(frozen=True)
class LengthReport:
    """Lengths of texts and answers, and the number of items that training cuts."""

    unit: str
    text: Lengths
    answer: Lengths | None
    limit: int
    """`budget.max_length` of params.yaml, in tokens."""
    beyond_limit: int
    """Items whose text and answer (or label) together exceed the limit; the prompt's own words are not counted."""


WORDS = Ruler("words", lambda texts: [len(text.split()) for text in texts])


def ruler_of(base: Path) -> Ruler:
    """Tokens of the prepared base model in the folder `base`; words if it is not prepared."""
    if not (base / TOKENIZER_FILE).is_file():
        return WORDS
    from harness.runtime.quiet import quiet_libraries

    quiet_libraries()
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)

    def measure(texts: list[str]) -> list[int]:
        if not texts:
            return []
        ids = tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
        return [len(one) for one in ids]

    return Ruler("tokens", measure)


def length_report(items: Sequence[Item], ruler: Ruler, *, limit: int) -> LengthReport:
    """Measure the items; there must be at least one."""
    texts = ruler.measure([item.text for item in items])
    replies = ruler.measure([item.answer or item.label or "" for item in items])
    answers = [length for item, length in zip(items, replies, strict=True) if item.answer is not None]
    return LengthReport(
        unit=ruler.unit,
        text=_lengths(texts),
        answer=_lengths(answers) if answers else None,
        limit=limit,
        beyond_limit=sum(text + reply > limit for text, reply in zip(texts, replies, strict=True)),
    )


def _lengths(values: Sequence[int]) -> Lengths:
    ordered = sorted(values)
    return Lengths(
        count=len(ordered),
        min=ordered[0],
        median=ordered[(len(ordered) - 1) // 2],
        p95=ordered[-(-95 * len(ordered) // 100) - 1],
        max=ordered[-1],
    )
