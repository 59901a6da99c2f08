"""Inspect the items of a file: all numbers of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from harness.domains.duplicates import Deduplicated
from harness.items.item import Item, Note, shuffle_key
from harness.texts.languages import LanguageMix, language_mix
from harness.texts.personal import Finding, find_personal, without_personal
from harness.user_domains.inspect.copies import Copies, find_copies
from harness.user_domains.inspect.labels import LabelBalance, label_balance
from harness.user_domains.inspect.lengths import LengthReport, Ruler, length_report

SAMPLE = 20_000
"""In a larger file, lengths, languages, similar texts and leaks are those of this many items: 30 seconds of work."""


@dataclass(frozen=True)
class Inspection:
    """The report on a file of records."""

    records: int
    """Records in the file."""
    items: int
    """Items made from the records."""
    usable: int
    """Items without copies and contradictions."""
    notes: tuple[Note, ...]
    """Decisions made while reading."""
    sampled: int
    """Items used for lengths, languages, similar texts and leaks; the other numbers use all items."""
    lengths: LengthReport
    labels: LabelBalance | None
    """None if no item has a label."""
    given_splits: dict[str, int]
    """Split -> items, if the file gives splits; otherwise empty."""
    copies: Copies
    language: LanguageMix
    personal: tuple[Finding, ...]


def inspect_items(
    items: Sequence[Item],
    unique: Deduplicated,
    *,
    records: int,
    notes: tuple[Note, ...],
    ruler: Ruler,
    limit: int,
) -> Inspection:
    """Inspect the items. `unique` is the result of deduplicating them and holds at least one item.

    `limit`: most tokens of a training example.
    """
    sample = sample_of(unique.items)
    given = Counter(item.given_split for item in items if item.given_split)
    return Inspection(
        records=records,
        items=len(items),
        usable=len(unique.items),
        notes=notes,
        sampled=len(sample),
        lengths=length_report(sample, ruler, limit=limit),
        labels=label_balance(items),
        given_splits={split: given[split] for split in ("train", "validation", "test") if given},
        copies=find_copies(items, unique, sample=sample),
        language=language_mix([_all_text(item) for item in sample]),
        personal=find_personal(_texts(item) for item in items),
    )


def sample_of(items: Sequence[Item]) -> list[Item]:
    """All items; of more than `SAMPLE` items a pseudo-random sample, the same each time."""
    if len(items) <= SAMPLE:
        return list(items)
    return sorted(items, key=lambda item: shuffle_key(0, item.id))[:SAMPLE]


def inspection_json(inspection: Inspection) -> dict[str, Any]:
    """The report as JSON values, with personal data masked in the examples."""
    content = asdict(inspection)
    copies = content["copies"]
    for conflict in copies["conflicts"]:
        conflict["text"] = without_personal(conflict["text"])
    copies["similar_examples"] = [[without_personal(text) for text in pair] for pair in copies["similar_examples"]]
    return content


def _texts(item: Item) -> Iterator[str]:
    """Every text of an item that a model could memorise."""
    yield item.text
    yield from (
        text for text in (item.label, item.answer, item.positive, item.foreign_text, item.foreign_answer) if text
    )
    for several in (item.other_answers, item.wrong_answers, item.anchors, item.negatives):
        yield from several


def _all_text(item: Item) -> str:
    return f"{item.text}\n{item.answer}" if item.answer else item.text
