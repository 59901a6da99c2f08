"""How long the texts are, in the unit that models count in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.items.item import Item

TOKENIZER_FILE = "tokenizer.json"


@dataclass(frozen=True)
class Ruler:
    """A way to measure texts."""

    unit: str
    """`tokens` or `words`."""
    measure: Callable[[list[str]], list[int]]
    """Texts -> length of each."""


@dataclass(frozen=True)
class Lengths:
    """Of one kind of text, in the unit of the ruler."""

    count: int
    min: int
    median: int
    p95: int
    """95 % of the texts are no longer."""
    max: int


@dataclass(frozen=True)
class LengthReport:
    """How long texts and answers are, and how many items a model would see only in part."""

    unit: str
    text: Lengths
    answer: Lengths | None
    limit: int
    """`budget.max_length` of params.yaml, in tokens."""
    beyond_limit: int
    """Items whose text and answer (or label) together exceed it, without the prompt's own words."""


WORDS = Ruler("words", lambda texts: [len(text.split()) for text in texts])


def ruler_of(base: Path) -> Ruler:
    """That of the prepared model in the folder `base`, or words if it is not prepared."""
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
    """Measure the items, of which there is at least one."""
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
