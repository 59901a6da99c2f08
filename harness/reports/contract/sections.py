"""The sections beside the rows in `reports/leaderboard.json`: transfer between tasks, learning curves, tuning.

null means "not measured". Shares are fractions (0.71, not 71).
"""

from __future__ import annotations

from typing import Literal

from harness.config.strict import StrictModel
from harness.evidence.verdict import Verdict

Edge = Literal["lowest", "highest"]
"""An end of a tuning grid."""


class CurveCell(StrictModel):
    """One point of a learning curve: all draws of one number of training items.

    The interval covers draws and test items together. Draws are resampled as the board resamples seeds.
    """

    k: int
    """Training items."""
    value: float | None
    """Mean over draws; null where every draw failed."""
    low: float | None
    high: float | None
    n: int | None
    """Test items."""
    draws: int
    """Draws that ended well."""
    failed: list[str] = []
    """Reasons of the draws that failed, each reason once."""
    seconds: float
    """Training and scoring of all draws."""


class Curve(StrictModel):
    """The learning curve of one recipe."""

    recipe: str
    """Recipe id, e.g. `lowresource/setfit`."""
    title: str
    protocol_hash: str | None
    """null where no point was scored."""
    comparable: bool
    """False: scored by another protocol than the other curves of the figure."""
    points: list[CurveCell]
    """By rising k."""


class ReferenceCell(StrictModel):
    """The score of the reference recipe on the test items of the curves."""

    recipe: str
    value: float
    low: float | None
    high: float | None
    n: int
    """Test items."""


class CurveSet(StrictModel):
    """The learning curves of one domain. One figure shows them."""

    suite: str | None
    metric: str | None
    protocol_hash: str | None
    """The protocol of most points; null where nothing was scored."""
    reference: ReferenceCell | None
    figure: str | None
    """Path of the figure, relative to the folder of leaderboard.json; null where there is nothing to draw."""
    curves: list[Curve]
    """By falling score at the largest k."""


class TaskColumn(StrictModel):
    """A task of the transfer table, and the suite that measures it."""

    task: str
    suite: str
    metric: str


class TransferCell(StrictModel):
    """The score of one recipe on one task, whether the recipe learnt that task or not."""

    value: float | None
    reason: str | None
    """Why there is no value."""
    delta: float | None
    """Difference to the reference, paired by item; null where the recipe has another base model."""
    low: float | None
    high: float | None
    verdict: Verdict | None
    """Adjusted over all recipes of the domain, as on the board."""


class TransferRow(StrictModel):
    """One recipe in the transfer table."""

    recipe: str
    """Recipe id, e.g. `multitask/uniform`."""
    learnt: dict[str, int | None]
    """Task -> training examples; null: the whole budget. Empty for the reference, which learnt nothing."""
    cells: dict[str, TransferCell]
    """Task -> score, in the order of the columns."""
    average: float | None
    """Mean over the tasks, with equal weights; null unless every task has a value."""
    average_delta: float | None


class Transfer(StrictModel):
    """The transfer table of one domain: which task helped which."""

    tasks: list[TaskColumn]
    rows: list[TransferRow]
    """First the reference, then recipes of one task, then recipes of several tasks."""


class TrialCell(StrictModel):
    """One value that tuning tried."""

    value: float
    validation_score: float | None
    reason: str | None
    """Why there is no score."""


class TuningInfo(StrictModel):
    """How the tuned setting of one recipe was chosen."""

    domain: str
    """Validation items of this domain decided. On other domains the recipe uses the same value."""
    seed: int
    base_model: str | None
    tuned_on: str
    """Date."""
    parameter: str
    metric: str
    items: int
    """Validation items behind each score."""
    trials: list[TrialCell]
    """By rising value."""
    chosen: float
    edge: Edge | None
    """The chosen value is this end of the grid: a better value may lie outside the grid."""
    seconds: float
    """Sum over all trials."""


class VectorCell(StrictModel):
    """nDCG@10 with the first components of every vector, mean over seeds."""

    dimensions: int
    index_bytes: int
    value: float
    low: float | None
    high: float | None


class VectorRow(StrictModel):
    """How well and how fast the vectors of one recipe find the texts of the domain; means over seeds."""

    recipe: str
    """Recipe id, e.g. `contrastive/mnrl`."""
    seeds: int
    sizes: list[VectorCell]
    """The whole vector first."""
    recall_at_1: float
    recall_at_10: float
    queries_per_second: float
    delta: float | None
    """Difference of nDCG@10 to the untrained encoder, paired by query; null for that encoder, or without it."""
    low: float | None
    high: float | None
    verdict: Verdict | None
    """Adjusted over all rows of the table."""


class VectorSet(StrictModel):
    """The search with vectors on one domain: rows that searched the same documents with the same queries."""

    documents: int
    queries: int
    protocol_hash: str
    """The protocol of most runs. Runs with another one are left out."""
    reference: str | None
    """Id of the recipe that differences are taken to; null where it was not measured."""
    rows: list[VectorRow]
    """By falling nDCG@10."""
