"""The paired difference of two recipes or runs on one suite, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from harness.config.strict import StrictModel
from harness.display.metrics import Unit
from harness.evidence.item_scores import ItemScores
from harness.evidence.mcnemar import McNemar, is_binary, mcnemar
from harness.evidence.resampling import Estimate, difference_interval
from harness.evidence.verdict import Verdict, detectable_difference
from harness.reports.board.measured.groups import Record, has_questions
from harness.reports.board.measured.item_scores import scores_of
from harness.reports.board.rows.row import OTHER_PROTOCOL
from harness.reports.board.settings import Settings
from harness.reports.compare.flips import Flips
from harness.reports.compare.selection import Selection
from harness.reports.contract.rounding import rounded, rounded_p
from harness.scoring.metric_registry import metric_spec

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


NO_QUESTIONS = "the domain has no questions for it"
"""Reason of a suite that neither side could be asked."""


class McNemarTable(StrictModel):
    """Items that count for two single seeds, with the exact two-sided p-value (which ignores clusters)."""

    both_right: int
    only_first: int
    only_second: int
    both_wrong: int
    p_value: float


class SuiteDifference(StrictModel):
    """First minus second on one suite. Without a comparison everything but the names and `reason` is null."""

    suite: str
    metric: str
    n: int | None = None
    """Items that both answered."""
    first: float | None = None
    second: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    """Adjusted over the suites compared here (Holm)."""
    family: int | None = None
    """Number of comparisons that were corrected together."""
    verdict: Verdict | None = None
    """The first is better, worse..."""
    detectable: float | None = None
    """The true difference that this comparison finds with 80 % power, if it is the only comparison."""
    unit: Unit = "share"
    """Unit of the metric."""
    signed: bool = False
    """The metric is a change, which is written with its sign."""
    mcnemar: McNemarTable | None = None
    """null for several seeds and for graded answers."""
    flips: Flips | None = None
    texts: str | None = None
    """Why the flips have no texts."""
    reason: str | None = None
    """Why there is no difference."""


@dataclass(frozen=True)
class SuitePair:
    """The item scores of both sides on one suite, or the reason why they cannot be compared."""

    suite: str
    metric: str
    first: ItemScores | None = None
    second: ItemScores | None = None
    reason: str | None = None

    @classmethod
    def read(cls, connection: DuckDBPyConnection, sides: tuple[Selection, Selection], suite: str) -> SuitePair:
        """Read both sides from the store.

        Raises:
            DataError: the samples of one side contradict each other.
        """
        records = [side.suites.get(suite, []) for side in sides]
        metric = next(found[0]["primary_metric"] for found in records if found)
        reason = _why_not(sides, records)
        if reason:
            return cls(suite, metric, reason=reason)
        first, second = (scores_of(connection, found, domain=sides[0].domain) for found in records)
        if first is None or second is None:
            return cls(suite, metric, reason=f"{metric} is not a mean over items: there is nothing to pair")
        return cls(suite, metric, first, second)

    def estimate(self, settings: Settings) -> Estimate | None:
        """The paired difference with its interval; null where there is nothing to compare."""
        if self.first is None or self.second is None:
            return None
        return difference_interval(self.first, self.second, resampling=settings.resampling)

    def judged(
        self, estimate: Estimate | None, adjusted: float | None, *, family: int, settings: Settings
    ) -> SuiteDifference:
        """The difference with its verdict; `adjusted` is its p-value after correction over `family` comparisons."""
        if estimate is None or self.first is None or self.second is None:
            return SuiteDifference(suite=self.suite, metric=self.metric, reason=self.reason)
        confidence, spec = settings.resampling.confidence, metric_spec(self.metric)
        return SuiteDifference(
            suite=self.suite,
            metric=self.metric,
            n=estimate.n,
            first=rounded(self.first.value),
            second=rounded(self.second.value),
            difference=rounded(estimate.value),
            low=rounded(estimate.low),
            high=rounded(estimate.high),
            p_value=rounded_p(estimate.p_value),
            p_adjusted=rounded_p(adjusted),
            family=family,
            verdict=settings.verdict_on(estimate, adjusted, higher_is_better=spec.better != "lower"),
            unit=spec.unit,
            signed=spec.signed,
            detectable=rounded(detectable_difference(estimate, confidence=confidence)),
            mcnemar=_mcnemar(self.first, self.second),
        )


def _why_not(sides: tuple[Selection, Selection], records: Sequence[list[Record]]) -> str | None:
    if not any(has_questions(record) for found in records for record in found):
        return NO_QUESTIONS
    for side, found in zip(sides, records, strict=True):
        if not found:
            return f"{side.name} was not scored on this suite"
        unscored = next((one for one in found if one["metrics"].get(one["primary_metric"], (None, 0))[0] is None), None)
        if unscored:
            return f"{side.name}: {unscored['reason'] or 'no value was recorded'}"
    hashes = {one["protocol_hash"] for found in records for one in found}
    return OTHER_PROTOCOL if len(hashes) > 1 else None


def _mcnemar(first: ItemScores, second: ItemScores) -> McNemarTable | None:
    if first.seeds > 1 or second.seeds > 1 or not (is_binary(first) and is_binary(second)):
        return None
    found: McNemar = mcnemar(first, second)
    return McNemarTable(**asdict(found))
