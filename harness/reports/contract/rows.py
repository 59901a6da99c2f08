"""The rows of `reports/leaderboard.json`: one recipe on one domain, with every figure that a board shows.

null means "not measured". Shares and differences are fractions (0.71, not 71). Memory is in MB (10^6 bytes).
"""

from __future__ import annotations

from typing import Literal

from harness.config.params import DEFAULT, ProtocolName
from harness.config.strict import StrictModel
from harness.display.metrics import Unit
from harness.evidence.verdict import Verdict
from harness.reports.contract.sections.tuning import Edge


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
    """Adjusted over all recipes of the domain that were compared with the reference (step-down maximum test, by
    resampling). The verdict is better or worse only where this is below 1 - confidence. The interval is not
    adjusted."""
    family: int | None = None
    """Number of comparisons that were adjusted together."""
    unit: Unit = "share"
    """Differences of shares are written in points, others in their unit."""


class RankCell(StrictModel):
    """The place among the ranked rows of a domain, as far as these items and seeds can tell."""

    may_be_best: bool
    """The row cannot be told from the best: it is in the model confidence set of the domain's rows."""
    first: int
    """1 + the number of rows that are surely better; 1 for rows that may be best, at least 2 for others. Two rows are
    surely different if the p-value of their paired difference, adjusted over all pairs of ranked rows, is below
    1 - confidence."""
    last: int
    """The number of ranked rows - the number of rows that are surely worse; 1 for the only row that may be best."""
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
    """Difference to the reference, adjusted over the recipes of the domain, suite by suite. For suites that
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


class MachineCell(StrictModel):
    """Where the figures of a row were measured. Seconds, memory and money compare within one kind of machine only."""

    measured_on: list[str] = []
    """Every kind (device and threads) that a seed was trained or scored on; empty in older files."""
    usual: bool = True
    """All seeds were measured on the kind of machine that most rows of the domain were measured on."""
    usual_memory: bool = True
    """Memory is what most rows of the domain report: that of the GPU, or that of the process."""
    busy: bool = False
    """Other work kept the machine busy while a seed was trained or scored."""
    others_share: float | None = None
    """Largest share of the machine's CPU time that other processes took, over seeds and stages; null: not measured."""
    parents_alike: bool = True
    """All parents were trained on the same kind of machine as the row, none while it was busy."""


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
    folds: int | None = None
    """Models behind each seed, one for each fold of a cross-validation; null: one model per seed. Seconds, money and
    counts are then means over folds, memory is the highest."""
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
    machine: MachineCell = MachineCell()
    """Where memory, seconds and money were measured."""
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
    stale: str | None = None
    """What has changed since the row was measured, so that `dvc repro` would measure it again; null: nothing."""
    marks: list[str] = []
    """What else a reader must know before comparing this row with others, in short sentences without a full stop."""

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
    def memory_compares(self) -> bool:
        """Whether its memory may be compared with that of the other rows of the domain."""
        return self.machine.usual and self.machine.usual_memory

    @property
    def time_compares(self) -> bool:
        """Whether its seconds and its money may be compared with those of the other rows of the domain."""
        return self.machine.usual and not self.machine.busy

    @property
    def ranked(self) -> bool:
        """Whether the row has a score that may be compared with the others'."""
        return self.status == "ok" and self.comparable and self.score is not None
