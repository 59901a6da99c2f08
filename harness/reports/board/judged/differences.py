"""Step 4 of the board: the difference of each row to the reference, suite by suite, with a verdict."""

from __future__ import annotations

from collections.abc import Sequence

from harness.evidence.families import Judged, judged_together
from harness.evidence.item_scores import ItemScores
from harness.evidence.verdict import detectable_difference
from harness.reports.board.measured.groups import Record
from harness.reports.board.measured.scored_groups import ScoredGroup
from harness.reports.board.settings import Settings
from harness.reports.contract.rounding import rounded, rounded_bounds, rounded_p
from harness.reports.contract.rows import DeltaCell
from harness.scoring.metric_registry import metric_spec
from harness.scoring.metric_spec import MetricSpec


def differences(
    groups: Sequence[ScoredGroup], reference: ScoredGroup | None, settings: Settings
) -> list[dict[str, DeltaCell]]:
    """For each group: suite -> difference to the reference; a suite without a difference is left out.

    The p-values of one suite are adjusted together, over all groups of the domain.
    """
    found: list[dict[str, DeltaCell]] = [{} for _ in groups]
    if reference is None:
        return found
    for suite in reference.group.asked:
        others = [None if one is reference else _pairable(one, reference, suite, settings) for one in groups]
        spec = metric_spec(reference.group.asked[suite][0]["primary_metric"])
        cells = _of_suite(others, reference.comparable_items(suite), spec, settings)
        for deltas, cell in zip(found, cells, strict=True):
            if cell is not None:
                deltas[suite] = cell
    return found


def measures_forgetting(records: Sequence[Record], settings: Settings) -> bool:
    """Whether a fall on the suite of these records means that the base model's knowledge was forgotten."""
    known = settings.suites.get(records[0]["suite"])
    return known.retained if known else records[0]["board_column"] == "official"


def _pairable(one: ScoredGroup, reference: ScoredGroup, suite: str, settings: Settings) -> ItemScores | None:
    """The items to pair with the reference. What a model forgot shows only against its own base model."""
    records = one.group.asked.get(suite)
    other_base = one.group.base_model != reference.group.base_model
    if records is None or (other_base and measures_forgetting(records, settings)):
        return None
    return one.comparable_items(suite)


def _of_suite(
    others: Sequence[ItemScores | None], reference: ItemScores | None, spec: MetricSpec, settings: Settings
) -> list[DeltaCell | None]:
    pairs = [(one, reference) if one and reference else None for one in others]
    judged = judged_together(pairs, resampling=settings.resampling)
    family = sum(one is not None and one.p_adjusted is not None for one in judged)
    return [_cell(one, family=family, spec=spec, settings=settings) if one else None for one in judged]


def _cell(judged: Judged, *, family: int, spec: MetricSpec, settings: Settings) -> DeltaCell:
    estimate, adjusted, confidence = judged.difference, judged.p_adjusted, settings.resampling.confidence
    return DeltaCell(
        reference=settings.reference or "",
        **rounded_bounds(estimate),
        verdict=settings.verdict_on(estimate, adjusted, higher_is_better=spec.better != "lower"),
        unit=spec.unit,
        detectable=rounded(detectable_difference(estimate, confidence=confidence)),
        n=estimate.n,
        p_value=rounded_p(estimate.p_value),
        p_adjusted=rounded_p(adjusted),
        family=family,
    )
