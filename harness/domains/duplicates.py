"""Remove repeated texts of a source: decide which copy is kept and what is taken over from the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from harness.items.item import Item
from harness.items.media_item import told_apart_by
from harness.texts.near_index import folded

_HELD_OUT_FIRST = ("test", "validation", "train", None)


@dataclass(frozen=True)
class Deduplicated:
    """Items without repeated texts, and the numbers of dropped copies."""

    items: list[Item]
    duplicates: int
    """Further copies of a text, with the same label and answer. They are dropped."""
    contradictions: int
    """Items whose text occurs with several labels. All of them are dropped."""
    merged: int
    """Copies with a different answer. The answer becomes one of the first copy's other answers."""
    given_split_leaks: int
    """Dropped copies whose text the source also has in a split that is held out more strictly."""


def deduplicate(items: Sequence[Item]) -> Deduplicated:
    """Keep one item per text, in the order of first copies. Case and spacing do not make a different text.

    Where items show files, the same text about another file is another text. Rows of a table are never copies.

    - If a text has several labels, all its copies are dropped. A copy without a label contradicts no other.
    - If the source has copies in several of its splits, only those in test are kept, or else those in validation.
    - Of the remaining copies the first is kept. It takes over the label and the answer if it has none, the other
      copies' answers as other answers, and their wrong answers unless a copy calls them right.
    - Copies with a `positive` but neither label nor answer are retrieval pairs. One copy is kept per different
      `positive`, because a query may have several right results. Their clusters are joined into one.
    """
    by_text: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for item in items:
        by_text[folded(item.text), *told_apart_by(item)].append(item)
    kept: list[Item] = []
    duplicates = contradictions = merged = leaks = 0
    same_cluster: list[list[str]] = []
    for copies in by_text.values():
        if len({item.label for item in copies} - {None}) > 1:
            contradictions += len(copies)
            continue
        strictest = _most_held_out(copies)
        leaks += len(copies) - len(strictest)
        if all(item.label is None and item.answer is None and item.positive for item in strictest):
            pairs = _different_pairs(strictest)
            duplicates += len(strictest) - len(pairs)
            same_cluster.append([item.cluster for item in pairs])
            kept += pairs
        else:
            one = _merged(strictest) if len(strictest) > 1 else strictest[0]
            otherwise = sum(_answers_otherwise(item, one) for item in strictest)
            merged += otherwise
            duplicates += len(strictest) - 1 - otherwise
            kept.append(one)
    return Deduplicated(with_joined_clusters(kept, same_cluster), duplicates, contradictions, merged, leaks)


def _most_held_out(copies: Sequence[Item]) -> list[Item]:
    split = next(name for name in _HELD_OUT_FIRST if any(item.given_split == name for item in copies))
    return [item for item in copies if item.given_split == split]


def _answers_otherwise(item: Item, kept: Item) -> bool:
    return item.answer is not None and kept.answer is not None and folded(item.answer) != folded(kept.answer)


def _merged(copies: Sequence[Item]) -> Item:
    """The first copy, with the label, the answers and the wrong answers of all copies."""
    first = copies[0]
    given = [item.answer for item in copies if item.answer is not None]
    right = _unlike([*given, *(answer for item in copies for answer in item.other_answers)])
    wrong = _unlike([*right, *(answer for item in copies for answer in item.wrong_answers)])[len(right) :]
    return replace(
        first,
        label=next((item.label for item in copies if item.label is not None), None),
        answer=given[0] if given else None,
        other_answers=tuple(right[1:] if given else right),
        wrong_answers=tuple(wrong),
    )


def _different_pairs(copies: Sequence[Item]) -> list[Item]:
    """The first copy of each pair. Pairs differ if their anchors or their positives differ."""
    first: dict[tuple[str, ...], Item] = {}
    for item in copies:
        first.setdefault((*map(folded, item.anchors), folded(item.positive or "")), item)
    return list(first.values())


def _unlike(texts: Iterable[str]) -> list[str]:
    """The texts in their order, without repeats in other case or spacing."""
    first: dict[str, str] = {}
    for text in texts:
        first.setdefault(folded(text), text)
    return list(first.values())


def with_joined_clusters(items: Sequence[Item], groups: Iterable[Sequence[str]]) -> list[Item]:
    """The items, where all clusters of a group are replaced by the first cluster of that group."""
    leader: dict[str, str] = {}

    def find(cluster: str) -> str:
        while cluster in leader:
            cluster = leader[cluster]
        return cluster

    for first, *others in groups:
        for other in others:
            a, b = find(first), find(other)
            if a != b:
                leader[b] = a
    return [replace(item, cluster=find(item.cluster)) if item.cluster in leader else item for item in items]
