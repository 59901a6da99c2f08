"""Texts that a source has more than once: which copy is kept, and what becomes of the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from harness.items.item import Item
from harness.texts.near_index import folded

_HELD_OUT_FIRST = ("test", "validation", "train", None)


@dataclass(frozen=True)
class Deduplicated:
    """Items without repeated texts, and what was dropped."""

    items: list[Item]
    duplicates: int
    """Further copies of a text with the same label and answer."""
    contradictions: int
    """Items whose text occurs with several labels; none of them is kept."""
    merged: int
    """Copies with another answer, which became one of the first copy's other answers."""
    given_split_leaks: int
    """Copies dropped because the source itself has the text in a split that is held out more strictly."""


def deduplicate(items: Sequence[Item]) -> Deduplicated:
    """One item for each text (case and spacing aside), in the order of their first copies.

    - Several labels for a text: none of the copies is kept. A copy without a label contradicts none.
    - Copies in several splits of the source: those in test are kept, else those in validation.
    - Then the first copy is kept. Answers of the others become its other answers, their wrong answers its wrong ones,
      unless another copy calls them right. What the first has not (label, answer) it takes from the others.
    - Copies with neither label nor answer that should find something are pairs. They are kept for each different
      thing to find, as a query may have several right finds; all their clusters become one.
    """
    by_text: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_text[folded(item.text)].append(item)
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
    return Deduplicated(_with_joined_clusters(kept, same_cluster), duplicates, contradictions, merged, leaks)


def _most_held_out(copies: Sequence[Item]) -> list[Item]:
    split = next(name for name in _HELD_OUT_FIRST if any(item.given_split == name for item in copies))
    return [item for item in copies if item.given_split == split]


def _answers_otherwise(item: Item, kept: Item) -> bool:
    return item.answer is not None and kept.answer is not None and folded(item.answer) != folded(kept.answer)


def _merged(copies: Sequence[Item]) -> Item:
    """The first copy with the labels, answers and wrong answers of all."""
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
    """The first of each: pairs differ if they have other anchors or should find something else."""
    first: dict[tuple[str, ...], Item] = {}
    for item in copies:
        first.setdefault((*map(folded, item.anchors), folded(item.positive or "")), item)
    return list(first.values())


def _unlike(texts: Iterable[str]) -> list[str]:
    """The first of equal texts, in order."""
    first: dict[str, str] = {}
    for text in texts:
        first.setdefault(folded(text), text)
    return list(first.values())


def _with_joined_clusters(items: Sequence[Item], groups: Iterable[Sequence[str]]) -> list[Item]:
    """Items of which all whose clusters are in one group share the cluster first named."""
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
