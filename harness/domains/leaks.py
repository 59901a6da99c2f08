"""Find what would let a model know the test beforehand: duplicates, contradictions, near-duplicates across splits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.domains.items import Item, Split

NEAR = 0.8
"""Jaccard similarity of character 5-grams from which two texts count as near-duplicates."""


@dataclass(frozen=True)
class Deduplicated:
    """Items without repeated texts, and what was dropped."""

    items: list[Item]
    duplicates: int
    """Further copies of a text with the same label."""
    contradictions: int
    """Items whose text occurs with several labels; none of them is kept."""


def deduplicate(items: Sequence[Item]) -> Deduplicated:
    """Keep the first of equal texts (case and spacing aside); drop texts with contradicting labels."""
    by_text: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_text[" ".join(item.text.casefold().split())].append(item)
    kept, duplicates, contradictions = [], 0, 0
    for same in by_text.values():
        if len({item.label for item in same}) > 1:
            contradictions += len(same)
        else:
            kept.append(same[0])
            duplicates += len(same) - 1
    return Deduplicated(kept, duplicates, contradictions)


def near_duplicates_in_train(items: Sequence[Item], split: Mapping[str, Split], *, near: float = NEAR) -> set[str]:
    """Ids of training items that nearly repeat a validation or test item.

    The similarity is exact (no hashing): |A ∩ B| / |A ∪ B| over the sets of character 5-grams.
    """
    held_out = [item.text for item in items if split[item.id] != "train"]
    train = [item for item in items if split[item.id] == "train"]
    if not held_out or not train:
        return set()
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(analyzer="char_wb", ngram_range=(5, 5), binary=True, dtype="int32")
    grams_held_out = vectorizer.fit_transform(held_out)
    grams_train = vectorizer.transform([item.text for item in train])
    # transform() drops 5-grams that no held-out text has; the union needs them
    analyse = vectorizer.build_analyzer()
    size_train = [len(set(analyse(item.text))) for item in train]
    size_held_out = np.asarray(grams_held_out.sum(axis=1)).ravel()
    common = (grams_train @ grams_held_out.T).tocoo()
    leaks = set()
    for row, column, shared in zip(common.row, common.col, common.data, strict=True):
        if shared / (size_train[row] + size_held_out[column] - shared) >= near:
            leaks.add(train[row].id)
    return leaks
