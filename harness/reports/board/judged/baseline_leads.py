"""Step 6 of the board: fine-tuned models that a recipe without any pretrained model beats.

Only rows that learnt the same task from the same number of training examples are compared: TF-IDF on 512 examples may
well beat a fine-tune on 64, and that says nothing about the method.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from harness.evidence.families import judged_together
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import Estimate
from harness.reports.board.judged.estimates import EstimatedGroup
from harness.reports.board.measured.groups import Group
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

    Of several baselines with the same lesson only the best is compared. All comparisons are adjusted together.
    """
    lessons = {i: lesson_of(one.scored.group, settings) for i, one in enumerate(groups) if one.ranked}
    best: dict[Lesson, int] = {}
    for i, lesson in lessons.items():
        if groups[i].scored.group.base_model is None:
            best.setdefault(lesson, i)
    pairs = [(best[lesson], i) for i, lesson in lessons.items() if lesson in best and _fine_tuned(groups[i])]
    found = judged_together([_items(groups[i], groups[j]) for i, j in pairs], resampling=settings.resampling)
    alpha = 1 - settings.resampling.confidence
    return [
        BaselineLead(i, j, one.difference)
        for (i, j), one in sorted(zip(pairs, found, strict=True), key=lambda entry: entry[0])
        if one and one.p_adjusted is not None and (one.difference.low or 0) > 0 and one.p_adjusted < alpha
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


def _items(left: EstimatedGroup, right: EstimatedGroup) -> tuple[ItemScores, ItemScores] | None:
    first, second = left.scored.main_items, right.scored.main_items
    return None if first is None or second is None else (first, second)
