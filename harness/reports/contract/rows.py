"""The rows of `reports/leaderboard.json`: one recipe on one domain, with every figure that a board shows.

null means "not measured". Shares and differences are fractions (0.71, not 71). Memory is in MB (10^6 bytes).
"""

from __future__ import annotations

from typing import Literal

from harness.config.params import DEFAULT, ProtocolName
from harness.config.strict import StrictModel
from harness.display.metrics import Unit
from harness.evidence.verdict import Verdict
from harness.reports.contract.sections import Edge


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
    """The true difference that this comparison finds with 80 % power, if it is the only comparison."""
    n: int
    """Items that both recipes answered."""
    p_value: float | None = None
    """Two-sided, from the same resamples as the interval; null where there is no interval."""
    p_adjusted: float | None = None
    """Holm-corrected over all recipes of the domain that were compared with the reference. The verdict is better or
    worse only where this is below 1 - confidence; the interval is not corrected."""
    family: int | None = None
    """Number of comparisons that were corrected together."""
    unit: Unit = "share"
    """Differences of shares are written in points, others in their unit."""


class RankCell(StrictModel):
    """The rank among the rows of a domain. Rows that cannot be told apart share a rank."""

    first: int
    """Recipes that cannot be told apart from the best of their group share it: 1, 1, 3. Two recipes are told apart if
    the p-value of their paired difference, Holm-corrected over all pairs of ranked rows, is below 1 - confidence."""
    last: int
    """first + size of the group - 1; equal to `first` for a group of one."""
    p_best: float | None
    """Share of resamples of clusters and seeds in which this recipe has the highest score. Ties are shared."""


class SuiteCell(StrictModel):
    """One suite of one row."""

    suite: str
    metric: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    auc: float | None
    """Area under the ROC curve of the log-odds, mean over seeds. A bias towards one answer does not change it."""
    protocol_hash: str
    reason: str | None
    """Why there is no value; beside a value: why it covers fewer items than the domain has."""
    unit: Unit = "share"
    """Unit of the value."""
    protocol: ProtocolName = DEFAULT
    """`wide`: a suite that only a few recipes are asked, shown in tables of its own."""
    signed: bool = False
    """The value is a change, which is written with its sign."""
    column: str = "score"
    """What the suite measures: score, hallucination, safety, style, retention, embedding, official."""
    also: dict[str, float | None] = {}
    """Further metrics of the suite, mean over seeds."""
    delta: DeltaCell | None = None
    """Difference to the reference, Holm-corrected over the recipes of the domain, suite by suite. For suites that
    measure forgetting it is null where the row has another base model than the reference."""
    retained: bool = False
    """The suite measures forgetting: a fall against the base model means that something was forgotten."""


class MemoryCell(StrictModel):
    """Highest peak over the seeds: GPU memory where a GPU was used, else resident memory of the process."""

    train_peak_mb: float | None
    score_peak_mb: float | None
    kind: Literal["resident", "cuda_reserved"] | None


class CostCell(StrictModel):
    """Mean over seeds. Money is in the currency of the price table."""

    usd: float | None
    """Training and scoring of the run itself."""
    train_seconds: float | None
    score_seconds: float | None
    energy_wh: float | None
    usd_with_parents: float | None = None
    """`usd` plus the training of every run that this run starts from, each counted once; null where the record of one
    of them is missing."""
    train_seconds_with_parents: float | None = None
    """The same for training time."""


class Row(StrictModel):
    """One recipe, trained on the same domains, scored on one domain, its seeds pooled."""

    domain: str
    """The domain whose questions were asked."""
    domains: list[str] = []
    """Domains that the recipe was trained on, in order; empty in older files, where it is `[domain]`."""
    family: str
    recipe: str
    title: str
    base_model: str | None
    seeds: list[int]
    """Training seeds behind the figures; for a failed row the seeds that were tried."""
    failed_seeds: list[int]
    n: int | None
    score: ScoreCell | None
    delta: DeltaCell | None
    """null for the reference itself, and where there is nothing to pair with."""
    rank: RankCell | None = None
    """null where the row is not ranked or its metric has no value per item."""
    hallucination: SuiteCell | None
    safety: SuiteCell | None
    retention: SuiteCell | None
    suites: dict[str, SuiteCell] = {}
    """Suite name -> cell for every suite, in the order of params.yaml, including the columns above. `protocol_hash`
    is empty where the domain has no questions for the suite. Empty for failed rows."""
    memory: MemoryCell
    cost: CostCell
    parents: list[str] = []
    """Ids of the runs that the seeds of this row start from."""
    trainable_parameters: int | None
    saved_bytes: int | None
    latency_ms: float | None
    """Time to the first token at batch size 1: median over prompts, mean over seeds."""
    generated_per_second: float | None = None
    """Tokens after the first, at batch size 1."""
    adapter_seconds: float | None = None
    """Time to put the adapter on a base model that is already loaded; null for runs without an adapter."""
    tokens_per_second: float | None
    """Training throughput."""
    shots: int | None
    """Solved examples in the prompt."""
    trials: int | None = None
    """Values of the tuning grid that were tried on validation items. 0: trained but never tuned; null: nothing is
    trained."""
    tuned_on: str | None = None
    """The base model that the setting was tuned on, if it is not the row's own; null: tuned on the row's own base
    model, or never tuned."""
    tuning_edge: Edge | None = None
    """The chosen value is this end of the grid."""
    examples_by_task: dict[str, int] = {}
    """Task -> training examples, where the record counts tasks separately."""
    budget: dict[str, float] = {}
    """Training budget of the row: examples, epochs, tokens. Empty in older files."""
    budget_overridden: bool
    """The recipe sets its own budget instead of the board's."""
    protocol_hash: str | None
    """Protocol of the suite behind `score`."""
    comparable: bool
    """False: scored by another protocol than the reference. Such a row is never ranked with the others."""
    status: Literal["ok", "failed"]
    reason: str | None

    @property
    def recipe_id(self) -> str:
        """`peft/lora`."""
        return f"{self.family}/{self.recipe}"

    @property
    def row_id(self) -> str:
        """Unique on the board of a domain: `peft/lora`, or `continual/naive-a+b` if it learnt other domains."""
        return f"{self.recipe_id}-{'+'.join(self.domains)}" if self.learnt_elsewhere else self.recipe_id

    @property
    def learnt_elsewhere(self) -> bool:
        """Whether it was trained on other domains than the one that was asked."""
        return self.domains not in ([], [self.domain])

    @property
    def ranked(self) -> bool:
        """Whether the row has a score that may be compared with the others'."""
        return self.status == "ok" and self.comparable and self.score is not None
