"""The contract of `reports/leaderboard.json`: what every board shows and other tools may read.

null means "not measured". Shares and differences are fractions (0.71, not 71), memory is in MB (10^6 bytes).
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from harness.config.strict import StrictModel
from harness.display.metrics import Unit
from harness.evidence.verdict import Verdict
from harness.reports.sections.curve_rows import CurveSet
from harness.reports.sections.transfer import Transfer
from harness.reports.sections.tuning import Edge, TuningInfo


class ScoreCell(StrictModel):
    """The metric that ranks."""

    metric: str
    value: float
    low: float | None
    high: float | None


class DeltaCell(StrictModel):
    """Difference to the reference, paired by item."""

    reference: str
    """Recipe id, e.g. `baseline/zero_shot`."""
    value: float
    low: float | None
    high: float | None
    verdict: Verdict
    detectable: float | None
    """The true difference that this comparison would have found with 80 % power, were it the only one."""
    n: int
    """Items that both answered."""
    p_value: float | None = None
    """Two-sided, from the same resamples as the interval; null where there is no interval."""
    p_adjusted: float | None = None
    """Holm-corrected over all recipes of the domain that were compared with the reference. The verdict is better or
    worse only where this is below 1 - confidence; the interval is not corrected."""
    family: int | None = None
    """How many comparisons were corrected together."""


class RankCell(StrictModel):
    """The place among the ranked rows of a domain, as far as it can be told."""

    first: int
    """Recipes that are not apart from the best of their group share it: 1, 1, 3. Apart: paired difference,
    Holm-corrected over all pairs of ranked rows, below 1 - confidence."""
    last: int
    """first + size of the group - 1; equal to `first` for a rank of one's own."""
    p_best: float | None
    """Share of resamples of clusters and seeds in which this recipe has the highest score, ties shared."""


class SuiteCell(StrictModel):
    """One suite: that beside the score (hallucination, safety, retention), or one of all."""

    suite: str
    metric: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    auc: float | None
    """Area under the ROC curve of the log-odds, mean over seeds: not touched by a bias towards one answer."""
    protocol_hash: str
    reason: str | None
    """Why there is no value; beside a value, why it is of fewer items than the domain has."""
    column: str = "score"
    """What the suite tells about: score, hallucination, safety, style, retention, embedding, official."""
    also: dict[str, float | None] = {}
    """Further metrics of the suite, mean over seeds."""
    delta: DeltaCell | None = None
    """Difference to the reference; corrected over the recipes of the domain, suite by suite."""
    retained: bool = False
    """A fall against the base model is something forgotten."""


class MemoryCell(StrictModel):
    """Highest peak over the seeds: on the GPU where there is one, else resident memory of the process."""

    train_peak_mb: float | None
    score_peak_mb: float | None
    kind: Literal["resident", "cuda_reserved"] | None


class CostCell(StrictModel):
    """Mean over seeds. `usd` is in the currency of the price table, training and scoring together."""

    usd: float | None
    train_seconds: float | None
    score_seconds: float | None
    energy_wh: float | None


class Row(StrictModel):
    """One recipe on one domain, its seeds pooled."""

    domain: str
    family: str
    recipe: str
    title: str
    base_model: str | None
    seeds: list[int]
    """Training seeds behind the figures; for a failed row those that were tried."""
    failed_seeds: list[int]
    n: int | None
    score: ScoreCell | None
    delta: DeltaCell | None
    """null for the reference itself, and where there is nothing to pair with."""
    rank: RankCell | None = None
    """null where the row is not ranked or its metric has no share for each item."""
    hallucination: SuiteCell | None
    safety: SuiteCell | None
    retention: SuiteCell | None
    suites: dict[str, SuiteCell] = {}
    """Every suite by name, in the order of params.yaml, those in the columns above included. `protocol_hash` is
    empty where the domain has nothing that the suite could ask. Empty for failed rows."""
    memory: MemoryCell
    cost: CostCell
    trainable_parameters: int | None
    saved_bytes: int | None
    latency_ms: float | None
    """To the first token, at batch 1: median over prompts, mean over seeds."""
    generated_per_second: float | None = None
    """Tokens after the first, at batch 1."""
    adapter_seconds: float | None = None
    """To put the adapter on a base that is loaded already; null for runs without one."""
    tokens_per_second: float | None
    """Training throughput."""
    shots: int | None
    """Solved examples in the prompt."""
    trials: int | None = None
    """Values of its grid that were tried on validation items; 0: trained, never tuned; null: nothing is trained."""
    tuning_edge: Edge | None = None
    """The chosen value is this end of the grid."""
    examples_by_task: dict[str, int] = {}
    """Where the record tells tasks apart: task -> training examples of it."""
    budget_overridden: bool
    protocol_hash: str | None
    """Of the suite behind `score`."""
    comparable: bool
    """False: scored by another protocol than the reference; never ranked with the others."""
    status: Literal["ok", "failed"]
    reason: str | None

    @property
    def recipe_id(self) -> str:
        """`peft/lora`."""
        return f"{self.family}/{self.recipe}"

    @property
    def ranked(self) -> bool:
        """Whether it has a score that may stand beside the others'."""
        return self.status == "ok" and self.comparable and self.score is not None


class SuiteInfo(StrictModel):
    """What a suite measures and by which protocol."""

    title: str
    version: int | str
    """Of the suite's file; for an official task that of its maker."""
    metric: str
    column: str
    """Where it would stand in the main table; of several with one column, the first that the domain has shows."""
    protocol_hashes: dict[str, list[str]]
    """Domain -> hashes; more than one means that not all rows can be compared."""


class MetricInfo(StrictModel):
    """How to write and read a metric, as its kind of suite declares it; the defaults are for official tasks."""

    unit: Unit = "share"
    better: Literal["higher", "lower"] | None = "higher"
    """null where neither direction is better."""
    signed: bool = False
    """Values are written with their sign."""
    explanation: str = ""
    """One sentence."""
    caution: str = ""
    """What a reader must not conclude from it."""


class PriceInfo(StrictModel):
    """Where money comes from."""

    as_of: str
    currency: str
    source: str


class DetectorInfo(StrictModel):
    """How good the detector behind refusals is, on replies labelled by hand that were not used to make it."""

    precision: float | None
    precision_low: float | None
    precision_high: float | None
    recall: float | None
    recall_low: float | None
    recall_high: float | None
    n: int
    """Replies."""


class Protocol(StrictModel):
    """The conditions under which the rows came about, as the records tell them."""

    profiles: list[str]
    base_models: list[str]
    budget: dict[str, float]
    """What every recipe could use that is not flagged as overriding it."""
    suites: dict[str, SuiteInfo]
    metrics: dict[str, MetricInfo] = {}
    """Every metric on the board that a kind of suite declares, by name."""
    confidence: float
    resamples: int
    equivalence_margin: float
    prices: PriceInfo
    commits: list[str]
    refusal_detector: DetectorInfo | None = None
    """null where no suite counts refusals."""
    dirty: bool
    """Some run was made from a working tree that differed from its commit."""
    devices: list[str]
    sources: list[dict[str, Any]]
    """Name, identity, licence and origin of everything from outside."""

    def metric(self, name: str) -> MetricInfo:
        """How to write a metric; the defaults for one that is not declared."""
        return self.metrics.get(name, MetricInfo())


class Leaderboard(StrictModel):
    """All of leaderboard.json."""

    version: Literal[1] = Field(default=1, alias="schema")
    """Raised when a key changes its meaning; keys may be added without."""
    protocol: Protocol
    cards: dict[str, str] = {}
    """Prepared domain -> its data card, below the folder of this file."""
    findings: dict[str, list[str]]
    """Domain -> generated sentences: the best row, what shares its rank, what a baseline beats."""
    tuning: dict[str, TuningInfo] = {}
    """Recipe id -> how it was tuned."""
    transfer: dict[str, Transfer] = {}
    """Domain -> which task helped which, where a multi-task recipe was scored."""
    curves: dict[str, CurveSet] = {}
    """Domain -> its learning curves; none where no recipe has one."""
    rows: list[Row]
    """By domain; ranked rows by falling score, then those without a score, other protocols, failed ones."""
