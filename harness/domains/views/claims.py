"""View `claims`: true and false statements about the domain, in equal numbers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from harness.config.domain import ClaimsTask
from harness.domains.views.contract import Content, View
from harness.domains.views.templates import fill
from harness.items.item import SPLITS, Item, Split
from harness.items.rows import Question


def claims_view(content: Content) -> list[Question]:
    """Two claims per item, one true and one false; empty if the domain has no `claims` task.

    The false labels are a permutation of the true ones. So every label occurs in as many true as false claims, and
    knowing the frequency of labels does not help. At most `claims.items` items per split are used.
    """
    task = content.domain.claims
    if task is None:
        return []
    questions: list[Question] = []
    for name in SPLITS:
        chosen = [(item, item.label) for item in content.by_split[name] if item.label is not None]
        chosen = _without_surplus(chosen[: task.items])
        wrong = _deranged([label for _, label in chosen], seed=content.domain.splits.seed)
        for (item, label), wrong_label in zip(chosen, wrong, strict=True):
            questions.append(_claim(item, name, label, task=task, holds=True))
            questions.append(_claim(item, name, wrong_label, task=task, holds=False))
    return questions


VIEWS = {"claims": View(Question, claims_view, "is this statement about the domain true or false")}


def _claim(item: Item, split: Split, label: str, *, task: ClaimsTask, holds: bool) -> Question:
    claim = fill(task.claim, label=label, text=item.text)
    return Question(
        id=f"{item.id}-{'true' if holds else 'false'}",
        split=split,
        cluster=item.cluster,
        text=claim,
        prompt=fill(task.prompt, claim=claim),
        choices=(task.true, task.false),
        answer=task.true if holds else task.false,
    )


def _without_surplus(items: list[tuple[Item, str]]) -> list[tuple[Item, str]]:
    """Drop items until no label belongs to more than half of them, so that a permutation can change every label."""
    counts = Counter(label for _, label in items)
    kept: list[tuple[Item, str]] = []
    for item, label in items:
        others = len(items) - counts[label]
        if sum(other == label for _, other in kept) < max(others, 0):
            kept.append((item, label))
    return kept


def _deranged(labels: Sequence[str], *, seed: int) -> list[str]:
    """A permutation of `labels` in which every place has another label. No label may occur more than half the time."""
    if not labels:
        return []
    rng = random.Random(seed)
    order = sorted(range(len(labels)), key=lambda place: labels[place])
    shift = max(
        Counter(labels).values()
    )  # in sorted order, a shift by the longest run of equal labels changes every label
    wrong = [""] * len(labels)
    for rank, place in enumerate(order):
        wrong[place] = labels[order[(rank + shift) % len(order)]]
    for _ in range(
        10 * len(labels)
    ):  # mix, because after the shift each label is always replaced by the same few others
        a, b = rng.randrange(len(labels)), rng.randrange(len(labels))
        if wrong[a] != labels[b] and wrong[b] != labels[a]:
            wrong[a], wrong[b] = wrong[b], wrong[a]
    return wrong
