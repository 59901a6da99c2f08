"""Whose ranking a run learns from: that of the data, or that of a judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.errors import RunFailed
from harness.items.rows import Preference
from harness.training.contract import TrainContext
from harness.training.lessons.judged_pairs import judged_pairs, read_verdicts, require_better_than_chance
from harness.training.lessons.pair_mix import PairOptions


class RankedOptions(PairOptions):
    """What every method that learns from pairs may set; a subclass adds its loss."""

    even_at_chance: bool = False
    """Learn from a judge although its agreement with the data cannot be told from chance."""

    def loss_settings(self) -> dict[str, Any]:
        """The options of the loss alone."""
        return self.model_dump(exclude=set(RankedOptions.model_fields))


def ranked_rows(rows: Sequence[Preference], context: TrainContext) -> tuple[list[Preference], dict[str, Any]]:
    """The rows as the run in the role `judge` ranks them, or as the data do without one; and facts for the record.

    Raises:
        RunFailed: the judge is at chance and the recipe does not ask for it all the same, or it has no verdict.
        DataError: the judge has not seen a row.
    """
    parent = context.parents.get("judge")
    if parent is None:
        return list(rows), {}
    verdicts, report = read_verdicts(parent.folder)
    if not context.recipe.run.options.get("even_at_chance", False):
        require_better_than_chance(report, parent.recipe.id)
    kept, facts = judged_pairs(rows, verdicts, margin=report.margin)
    if not kept:
        raise RunFailed(f"refused: the judge {parent.recipe.id} gives no verdict on any of the {len(rows)} pairs")
    return kept, {**facts, "judge": parent.recipe.id, "judge_agreement": report.agreement}
