"""Two recipes or runs, suite by suite: the paired difference, what it says, and the items behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from harness.config.strict import StrictModel
from harness.evidence.holm import holm
from harness.evidence.item_scores import ItemScores
from harness.evidence.mcnemar import McNemar, is_binary, mcnemar
from harness.evidence.resampling import Estimate, difference_interval
from harness.evidence.verdict import Verdict, detectable_difference, verdict
from harness.reports.board.cells import OTHER_PROTOCOL
from harness.reports.board.items import scores_of
from harness.reports.board.ranking import short_p
from harness.reports.board.runs import Record
from harness.reports.board.settings import Settings
from harness.reports.compare.answers import answered
from harness.reports.compare.flips import Flips, flips
from harness.reports.compare.item_texts import Texts
from harness.reports.compare.selection import Selection

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class McNemarTable(StrictModel):
    """Right and wrong answers of two single seeds, with the exact two-sided p-value (clusters not regarded)."""

    both_right: int
    only_first: int
    only_second: int
    both_wrong: int
    p_value: float


class SuiteDifference(StrictModel):
    """First minus second on one suite; where they cannot be compared, all but the names and `reason` are null."""

    suite: str
    metric: str
    n: int | None = None
    first: float | None = None
    second: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    """Holm-corrected over the suites compared here."""
    family: int | None = None
    verdict: Verdict | None = None
    """Of the first: better, worse..."""
    detectable: float | None = None
    mcnemar: McNemarTable | None = None
    """null for several seeds and for graded answers."""
    flips: Flips | None = None
    texts: str | None = None
    """Why the flips have no texts."""
    reason: str | None = None
    """Why there is no difference."""


class Comparison(StrictModel):
    """Two sides on one domain."""

    domain: str
    first: str
    second: str
    first_seeds: list[int]
    second_seeds: list[int]
    notes: list[str]
    """Seeds that failed and so are in no figure."""
    confidence: float
    margin: float
    suites: list[SuiteDifference]


@dataclass(frozen=True)
class Wanted:
    """What to show of a pair."""

    suite: str | None
    """null: every suite of either."""
    limit: int
    """Flips and clusters in each list."""


def compare(
    connection: DuckDBPyConnection,
    pair: tuple[Selection, Selection],
    *,
    wanted: Wanted,
    settings: Settings,
    texts: Callable[[str], Texts],
) -> Comparison:
    """The comparison; `texts` gives the texts of a suite's items.

    Raises:
        DataError: the wanted suite was asked of neither, or samples contradict each other.
    """
    first, second = pair
    names = list(dict.fromkeys([*first.suites, *second.suites]))
    if wanted.suite is not None:
        if wanted.suite not in names:
            first.records(wanted.suite)
        names = [wanted.suite]
    found = [_Pair.of(connection, pair, suite) for suite in names]
    estimates = [one.estimate(settings) for one in found]
    adjusted = holm([estimate.p_value if estimate else None for estimate in estimates])
    family = sum(p is not None for p in adjusted)
    suites = []
    for one, estimate, p in zip(found, estimates, adjusted, strict=True):
        difference = one.judged(estimate, p, family=family, settings=settings)
        if estimate:
            known = texts(one.suite)
            shown = _flips(connection, pair, one.suite, texts=known, limit=wanted.limit)
            difference = difference.model_copy(update={"flips": shown, "texts": known.reason})
        suites.append(difference)
    return Comparison(
        domain=first.domain,
        first=first.name,
        second=second.name,
        first_seeds=list(first.seeds),
        second_seeds=list(second.seeds),
        notes=[f"{side.name} failed, {which}" for side in pair for which in side.failed],
        confidence=settings.resampling.confidence,
        margin=settings.margin,
        suites=suites,
    )


@dataclass(frozen=True)
class _Pair:
    """The scores of both on one suite, or why there are none to compare."""

    suite: str
    metric: str
    first: ItemScores | None = None
    second: ItemScores | None = None
    reason: str | None = None

    @classmethod
    def of(cls, connection: DuckDBPyConnection, pair: tuple[Selection, Selection], suite: str) -> _Pair:
        records = [side.suites.get(suite, []) for side in pair]
        metric = next(found[0]["primary_metric"] for found in records if found)
        reason = _why_not(pair, records)
        if reason:
            return cls(suite, metric, reason=reason)
        first, second = (scores_of(connection, found, domain=pair[0].domain) for found in records)
        if first is None or second is None:
            return cls(suite, metric, reason=f"{metric} is not a mean over items: there is nothing to pair")
        return cls(suite, metric, first, second)

    def estimate(self, settings: Settings) -> Estimate | None:
        if self.first is None or self.second is None:
            return None
        return difference_interval(self.first, self.second, resampling=settings.resampling)

    def judged(
        self, estimate: Estimate | None, adjusted: float | None, *, family: int, settings: Settings
    ) -> SuiteDifference:
        if estimate is None or self.first is None or self.second is None:
            return SuiteDifference(suite=self.suite, metric=self.metric, reason=self.reason)
        confidence = settings.resampling.confidence
        return SuiteDifference(
            suite=self.suite,
            metric=self.metric,
            n=estimate.n,
            first=_short(self.first.value),
            second=_short(self.second.value),
            difference=_short(estimate.value),
            low=_short(estimate.low),
            high=_short(estimate.high),
            p_value=short_p(estimate.p_value),
            p_adjusted=short_p(adjusted),
            family=family,
            verdict=verdict(estimate, margin=settings.margin, adjusted=adjusted, confidence=confidence),
            detectable=_short(detectable_difference(estimate, confidence=confidence)),
            mcnemar=_mcnemar(self.first, self.second),
        )


def _why_not(pair: tuple[Selection, Selection], records: Sequence[list[Record]]) -> str | None:
    for side, found in zip(pair, records, strict=True):
        if not found:
            return f"{side.name} was not asked"
        unasked = next((one for one in found if one["metrics"].get(one["primary_metric"], (None, 0))[0] is None), None)
        if unasked:
            return f"{side.name}: {unasked['reason'] or 'no value was recorded'}"
    hashes = {one["protocol_hash"] for found in records for one in found}
    return OTHER_PROTOCOL if len(hashes) > 1 else None


def _mcnemar(first: ItemScores, second: ItemScores) -> McNemarTable | None:
    if first.seeds > 1 or second.seeds > 1 or not (is_binary(first) and is_binary(second)):
        return None
    found: McNemar = mcnemar(first, second)
    return McNemarTable(**asdict(found))


def _flips(
    connection: DuckDBPyConnection, pair: tuple[Selection, Selection], suite: str, *, texts: Texts, limit: int
) -> Flips:
    first, second = (
        answered(connection, runs=[r["run_id"] for r in side.records(suite)], suite=suite, domain=side.domain)
        for side in pair
    )
    return flips(first, second, texts=texts.by_item, limit=limit)


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 6) + 0.0  # + 0.0: no "-0.0"
