"""The views that methods and suites read, built from the items of one split at a time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from harness.config.domain import ClaimsTask, Domain
from harness.domains.items import SPLITS, Item, Question, Split, shuffle_key


def ordered(items: Sequence[Item], seed: int) -> list[Item]:
    """Items in the pseudo-random order in which budgets take their first n."""
    return sorted(items, key=lambda item: shuffle_key(seed, item.id))


def classify_view(items: Sequence[Item], split: Mapping[str, Split], domain: Domain) -> list[Question]:
    """One question per item: which label? `choices` are all labels of the domain, sorted."""
    labels = tuple(sorted({item.label for item in items}))
    return [
        Question(
            id=item.id,
            split=split[item.id],
            cluster=item.cluster,
            text=item.text,
            prompt=domain.classify.prompt.replace("{text}", item.text),
            choices=labels,
            answer=item.label,
        )
        for item in ordered(items, domain.splits.seed)
    ]


def claims_view(items: Sequence[Item], split: Mapping[str, Split], domain: Domain) -> list[Question]:
    """Two claims per item, one true and one false; empty if the domain has no claims.

    The false labels are a permutation of the true ones, so every label is claimed truly as often as
    falsely: knowing how frequent a label is does not help. At most `claims.items` items per split.
    """
    task = domain.claims
    if task is None:
        return []
    questions: list[Question] = []
    for name in SPLITS:
        chosen = [item for item in ordered(items, domain.splits.seed) if split[item.id] == name]
        chosen = _without_surplus(chosen[: task.items])
        wrong = _deranged([item.label for item in chosen], seed=domain.splits.seed)
        for item, wrong_label in zip(chosen, wrong, strict=True):
            questions.append(_claim(item, name, item.label, task=task, holds=True))
            questions.append(_claim(item, name, wrong_label, task=task, holds=False))
    return questions


VIEWS: dict[str, Callable[[Sequence[Item], Mapping[str, Split], Domain], list[Question]]] = {
    "classify": classify_view,
    "claims": claims_view,
}
"""View name -> builder. A view may be empty for a domain that has no such task."""


def _claim(item: Item, split: Split, label: str, *, task: ClaimsTask, holds: bool) -> Question:
    claim = task.claim.replace("{label}", label).replace("{text}", item.text)
    return Question(
        id=f"{item.id}-{'true' if holds else 'false'}",
        split=split,
        cluster=item.cluster,
        text=claim,
        prompt=task.prompt.replace("{claim}", claim),
        choices=(task.true, task.false),
        answer=task.true if holds else task.false,
    )


def _without_surplus(items: list[Item]) -> list[Item]:
    """Drop items of a label that more than half of them share: it could not be permuted away from itself."""
    counts = Counter(item.label for item in items)
    kept: list[Item] = []
    for item in items:
        label, others = item.label, len(items) - counts[item.label]
        if sum(other.label == label for other in kept) < max(others, 0):
            kept.append(item)
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
