"""True and false statements about the domain, equally many of each."""

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
    """Two claims per item, one true and one false; empty if the domain has no claims.

    The false labels are a permutation of the true ones, so every label is claimed truly as often as
    falsely: knowing how frequent a label is does not help. At most `claims.items` items per split.
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
    """Drop items of a label that more than half of them share: it could not be permuted away from itself."""
    counts = Counter(label for _, label in items)
    kept: list[tuple[Item, str]] = []
    for item, label in items:
        others = len(items) - counts[label]
        if sum(other == label for _, other in kept) < max(others, 0):
            kept.append((item, label))
    return kept


def _deranged(labels: Sequence[str], *, seed: int) -> list[str]:
    """A permutation of `labels` that leaves no place its own label (none occurs more than half the time)."""
    if not labels:
        return []
    rng = random.Random(seed)
    order = sorted(range(len(labels)), key=lambda place: labels[place])
    shift = max(Counter(labels).values())  # sorted by label, a shift by the longest run leaves no fixed label
    wrong = [""] * len(labels)
    for rank, place in enumerate(order):
        wrong[place] = labels[order[(rank + shift) % len(order)]]
    for _ in range(10 * len(labels)):  # mix: so far each label is always swapped for the same neighbour
        a, b = rng.randrange(len(labels)), rng.randrange(len(labels))
        if wrong[a] != labels[b] and wrong[b] != labels[a]:
            wrong[a], wrong[b] = wrong[b], wrong[a]
    return wrong
