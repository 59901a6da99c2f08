"""Does the model give the same labels when texts are spelled as people spell?"""

from __future__ import annotations

from typing import ClassVar

from harness.items.rows import Question
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.multiple_choice import CHOICES, can_choose, choose, likeliest
from harness.scoring.contract import SuiteKind, SuiteResult, SuiteRun

CHANGES = ("typos", "upper", "emoji", "abbreviated")
"""Endings of the views whose texts are changed; the ids of their questions are those of the texts as they are."""


class Robustness(SuiteKind):
    """Accuracy on changed texts, and how much less it is than on the same texts as they are.

    `drop` is the mean of clean minus changed over the questions whose item was asked in the suite that this one is
    `against`; `drop_typos` and so on are that of one kind of change. Null where no such item was asked.
    """

    asks = frozenset({"text", "labels"})
    metrics: ClassVar = {"accuracy": 1, "drop": 1, **{f"drop_{change}": 1 for change in CHANGES}}
    lacking = CHOICES

    def can_ask(self, question: Question) -> bool:
        """As `can_choose` says."""
        return can_choose(question)

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """The answer is the choice of highest likelihood; the first of equals."""
        return choose(model, run, likeliest)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """Over all changes, and the drops of each."""
        drops: dict[str, list[float]] = {change: [] for change in CHANGES}
        for sample in asked.samples:
            item, change = origin(sample.item_id, view=run.view)
            if item in run.clean:
                drops[change].append(run.clean[item] - sample.correct)
        n = len(asked.samples)
        return {
            "accuracy": Metric(value=sum(sample.correct for sample in asked.samples) / n, n=n),
            "drop": _mean([drop for several in drops.values() for drop in several]),
            **{f"drop_{change}": _mean(several) for change, several in drops.items()},
        }


def origin(item_id: str, *, view: str) -> tuple[str, str]:
    """The id of the unchanged item, and which change it went through.

    Where several views are asked, ids are `<id>:<view>`; where one is, they are bare and `view` says which.

    Raises:
        ValueError: the view is not one of changed texts.
    """
    item, _, own = item_id.rpartition(":")
    for name, found in ((own, item), (view, item_id)):
        change = name.rpartition("_")[2]
        if found and change in CHANGES and name != change:
            return found, change
    raise ValueError(f'the texts of "{item_id}" ({view}) are not known to be changed')


def _mean(values: list[float]) -> Metric:
    return Metric(value=sum(values) / len(values) if values else None, n=len(values))
