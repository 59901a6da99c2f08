"""Does the model still give the right labels when texts have typos, capitals, emoji or abbreviations?"""

from __future__ import annotations

from typing import ClassVar

from harness.records.run_record import Metric
from harness.scoring.contract import SuiteResult, SuiteRun
from harness.scoring.kinds._choosing import ChoosingKind
from harness.scoring.measures.accuracy import ACCURACY
from harness.scoring.measures.mean import mean
from harness.scoring.metric_spec import MetricSpec

CHANGES = {
    "typos": "typing errors",
    "upper": "capital letters",
    "emoji": "emoji",
    "abbreviated": "abbreviations",
}
"""Ending of a view with changed texts -> the change in words. Its questions have the ids of the unchanged texts."""


def _drop(texts: str) -> MetricSpec:
    explanation = f"Accuracy on the unchanged texts minus accuracy on {texts}."
    return MetricSpec(explanation=explanation, better="lower", signed=True)


class Robustness(ChoosingKind):
    """Accuracy on changed texts, and how much lower it is than on the same texts unchanged.

    `drop` is the mean of unchanged minus changed over the questions whose item was asked in the suite named under
    `against`; `drop_typos`, `drop_upper` and so on are the same for one kind of change. They are null if no such item
    was asked.
    """

    asks = frozenset({"text", "labels"})
    metrics: ClassVar = {
        "accuracy": ACCURACY,
        "drop": _drop("the same texts changed"),
        **{f"drop_{change}": _drop(f"the same texts with {words}") for change, words in CHANGES.items()},
    }

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """Accuracy and drop over all changes, and the drop of each change."""
        drops: dict[str, list[float]] = {change: [] for change in CHANGES}
        for sample in asked.samples:
            item, change = origin(sample.item_id, view=run.view)
            if item in run.clean:
                drops[change].append(run.clean[item] - sample.correct)
        return {
            "accuracy": mean([sample.correct for sample in asked.samples]),
            "drop": mean([drop for of_change in drops.values() for drop in of_change]),
            **{f"drop_{change}": mean(of_change) for change, of_change in drops.items()},
        }


def origin(item_id: str, *, view: str) -> tuple[str, str]:
    """The id of the unchanged item, and the change it went through.

    A suite of several views has ids `<id>:<view>`; a suite of one view has bare ids, and `view` names the change.

    Raises:
        ValueError: neither the id nor `view` names a view of changed texts.
    """
    item, _, own = item_id.rpartition(":")
    for name, found in ((own, item), (view, item_id)):
        change = name.rpartition("_")[2]
        if found and change in CHANGES and name != change:
            return found, change
    raise ValueError(f'"{item_id}" (view "{view}") names none of the changes {", ".join(CHANGES)}')
