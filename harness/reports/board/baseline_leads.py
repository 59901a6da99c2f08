"""Step 6 of the board: fine-tuned models that a recipe without any pretrained model beats.

Only rows that learnt the same task from the same number of training examples are compared: TF-IDF on 512 examples may
well beat a fine-tune on 64, and that says nothing about the method.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from harness.evidence.holm import holm
from harness.evidence.resampling import Estimate, difference_interval
from harness.reports.board.estimates import EstimatedGroup
from harness.reports.board.groups import Group
from harness.reports.board.settings import Settings


@dataclass(frozen=True)
class BaselineLead:
    """A baseline scores higher than a fine-tuned model, beyond chance."""

    baseline: int
    """Place of the baseline's row on the board of the domain."""
    beaten: int
    """Place of the fine-tuned model's row."""
    difference: Estimate
    """Baseline minus fine-tune, paired by item."""


class Lesson(NamedTuple):
    """What a group learnt: rows are compared only where this agrees."""

    domains: frozenset[str]
    tasks: frozenset[str]
    train_examples: float | None


def baseline_leads(groups: Sequence[EstimatedGroup], settings: Settings) -> list[BaselineLead]:
    """All leads on one domain, by baseline and then by place; `groups` come in board order.

    Of several baselines with the same lesson only the best is compared. Holm's correction covers all comparisons.
    """
    lessons = {i: lesson_of(one.scored.group, settings) for i, one in enumerate(groups) if one.ranked}
    best: dict[Lesson, int] = {}
    for i, lesson in lessons.items():
        if groups[i].scored.group.base_model is None:
            best.setdefault(lesson, i)
    pairs = [(best[lesson], i) for i, lesson in lessons.items() if lesson in best and _fine_tuned(groups[i])]
    found = [_difference(groups[i], groups[j], settings) for i, j in pairs]
    adjusted = holm([estimate.p_value if estimate else None for estimate in found])
    return [
        BaselineLead(i, j, estimate)
        for (i, j), estimate, p in sorted(zip(pairs, found, adjusted, strict=True), key=lambda entry: entry[0])
        if estimate and p is not None and (estimate.low or 0) > 0 and p < 1 - settings.resampling.confidence
    ]


def lesson_of(group: Group, settings: Settings) -> Lesson:
    """Domains, tasks and number of training examples of a group that ended well."""
    run = group.runs[0]
    main_task = settings.task_of(group.main_suite)
    tasks = run["notes"].get("examples_by_task") or ([main_task] if main_task else [])
    budget = dict(run["budget"] or {})
    return Lesson(group.further_domains | {group.domain}, frozenset(tasks), budget.get("train_examples"))


def _fine_tuned(one: EstimatedGroup) -> bool:
    group = one.scored.group
    return group.base_model is not None and any(run["trainable_parameters"] for run in group.runs)


def _difference(left: EstimatedGroup, right: EstimatedGroup, settings: Settings) -> Estimate | None:
    first, second = left.scored.main_items, right.scored.main_items
    if first is None or second is None:
        return None
    return difference_interval(first, second, resampling=settings.resampling)
