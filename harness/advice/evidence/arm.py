"""One recipe on one domain with every figure that the advice reads."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.evidence.item_scores import ItemScores
from harness.evidence.wilson import z_of
from harness.reports.contract.rows import Row, SuiteCell

ANOTHER_MACHINE = "measured on another kind of machine than most rows"
BUSY = "other work kept the machine busy"
OTHER_MEMORY = "another kind of memory than most rows report"


@dataclass(frozen=True)
class Effect:
    """A difference of scores to the reference on the same domain, paired by item. Fractions: 0.05 is five points."""

    value: float
    error: float
    """Standard error."""


@dataclass(frozen=True)
class Arm:
    """One row of the board. null means "not measured"."""

    domain: str
    recipe_id: str
    title: str
    score: float
    low: float | None
    high: float | None
    metric: str
    seeds: tuple[int, ...] = (0,)
    base_model: str | None = None
    total_parameters: int | None = None
    """Of the model that answers, base included."""
    reference: bool = False
    """Every difference is taken to this recipe."""
    trained: bool = True
    """Weights were trained; false for prompts and for baselines that train nothing."""
    effect: Effect | None = None
    """Difference to the reference; null for the reference itself, and where there is nothing to pair with."""
    items: ItemScores | None = None
    """Scores of single items; null without records on this disk."""
    may_be_best: bool = False
    """The board's own judgement over all rows of the domain."""
    usd: float | None = None
    """Training, parents included, and scoring, in the currency of the price table."""
    seconds: float | None = None
    """The same in time."""
    cost_factor: float = 1.0
    """Stated uncertainty of money, seconds and latency: they may be this many times more or less. 1: measured."""
    scoring_share: float = 0.0
    """Share of `seconds` that is scoring."""
    costs_unlike: str | None = None
    """Why seconds and money may not be compared with those of other rows; null: they may."""
    memory_mb: float | None = None
    """Higher peak of training and scoring (10^6 bytes)."""
    memory_unlike: str | None = None
    """Why memory may not be compared; null: it may."""
    latency_ms: float | None = None
    """To the first token at batch size 1."""
    retention: float | None = None
    """Share of the base model's ability that is left, 1: all. exp(-rise of cross-entropy) or a ratio of accuracies."""
    over_refusal: float | None = None
    """Share of harmless requests that were refused."""
    stale: str | None = None
    """What has changed since the row was measured; null: nothing."""

    @property
    def cost(self) -> float | None:
        """Money that may be compared with that of other rows; else null."""
        return None if self.costs_unlike else self.usd

    @property
    def comparable_latency(self) -> float | None:
        """Latency that may be compared with that of other rows; else null."""
        return None if self.costs_unlike else self.latency_ms

    @property
    def comparable_memory(self) -> float | None:
        """Memory that may be compared with that of other rows; else null."""
        return None if self.memory_unlike else self.memory_mb


def arm_of(
    row: Row,
    *,
    reference: str | None,
    items: ItemScores | None = None,
    total_parameters: int | None = None,
    confidence: float = 0.95,
) -> Arm | None:
    """The arm of one row; null for a row that is not ranked, or that was trained on other domains than it was asked.

    Args:
        row: a row of the board.
        reference: id of the recipe that differences are taken to.
        items: scores of the row's items on the suite that ranks.
        total_parameters: of the model that answers.
        confidence: level of the board's intervals.
    """
    if not row.ranked or row.score is None or row.learnt_elsewhere:
        return None
    usd, seconds, share = _costs(row)
    return Arm(
        domain=row.domain,
        recipe_id=row.recipe_id,
        title=row.title,
        score=row.score.value,
        low=row.score.low,
        high=row.score.high,
        metric=row.score.metric,
        seeds=tuple(row.seeds),
        base_model=row.base_model,
        total_parameters=total_parameters,
        reference=row.recipe_id == reference,
        trained=row.base_model is not None and bool(row.trainable_parameters),
        effect=_effect(row, confidence),
        items=items,
        may_be_best=row.rank is not None and row.rank.may_be_best,
        usd=usd,
        seconds=seconds,
        scoring_share=share,
        costs_unlike=_unlike(row, same_machine=row.machine.usual, same_kind=True, busy=row.machine.busy),
        memory_mb=max(filter(None, (row.memory.train_peak_mb, row.memory.score_peak_mb)), default=None),
        memory_unlike=_unlike(row, same_machine=row.machine.usual, same_kind=row.machine.usual_memory, busy=False),
        latency_ms=row.latency_ms,
        retention=_retention(row.retention),
        over_refusal=row.safety.also.get("over_refusal") if row.safety else None,
        stale=row.stale,
    )


def by_domain(arms: Sequence[Arm]) -> Mapping[str, list[Arm]]:
    """Domain -> its arms by falling score, then by name."""
    found: dict[str, list[Arm]] = {}
    for arm in sorted(arms, key=lambda arm: (arm.domain, -arm.score, arm.recipe_id)):
        found.setdefault(arm.domain, []).append(arm)
    return found


def _unlike(row: Row, *, same_machine: bool, same_kind: bool, busy: bool) -> str | None:
    if row.stale:
        return f"the row is stale ({row.stale})"
    if not same_machine:
        return ANOTHER_MACHINE
    if not same_kind:
        return OTHER_MEMORY
    return BUSY if busy else None


def _costs(row: Row) -> tuple[float | None, float | None, float]:
    """Money, seconds and the share of scoring in them, with parents where the row has some."""
    cost = row.cost
    usd = cost.usd_with_parents if row.parents else cost.usd
    train = cost.train_seconds_with_parents if row.parents else cost.train_seconds
    if train is None or cost.score_seconds is None:
        return usd, None, 0.0
    seconds = train + cost.score_seconds
    return usd, seconds, cost.score_seconds / seconds if seconds else 0.0


def _effect(row: Row, confidence: float) -> Effect | None:
    delta = row.delta
    if delta is None or delta.low is None or delta.high is None or delta.unit != "share":
        return None
    return Effect(delta.value, (delta.high - delta.low) / (2 * z_of(confidence)))


def _retention(cell: SuiteCell | None) -> float | None:
    """What is left of the base model's ability; null where it was not measured against the base model."""
    if cell is None or cell.value is None or cell.reason is not None:
        return None
    if cell.unit == "nats":
        return math.exp(-cell.value)
    if cell.delta is None or cell.delta.unit != "share":
        return None
    base = cell.value - cell.delta.value
    return cell.value / base if base > 0 else None
