"""The sections beside the rows in `reports/leaderboard.json`: transfer between tasks, alignment, learning curves,
tuning.

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


class ComparedAnswers(StrictModel):
    """A policy's answers against those of the run that it started from, prompt by prompt."""

    policy: float
    """Mean of the policy: a reward, or a share of right answers."""
    parent: float
    win_rate: float
    """Share of prompts on which the policy's answer is the better one; equal answers count half."""
    low: float
    high: float


class Rating(ComparedAnswers):
    """The comparison by one reward model."""

    recipe: str
    """Recipe id of the reward model."""
    role: Literal["reward", "rater", "second_rater"]
    """`reward`: the policy learnt from it; the others only rate."""


class PolicyRow(StrictModel):
    """What became of the answers of one policy that learnt from preferences or rewards."""

    run: str
    recipe: str
    prompts: int
    """Validation prompts that both sides answered."""
    kl: float
    """Nats per answer to the parent."""
    length: float
    """Mean tokens of an answer."""
    parent_length: float
    ended: float
    """Share of answers that the policy ended itself."""
    parent_ended: float
    gold: ComparedAnswers
    """By the right answers of the data."""
    ratings: list[Rating]


class JudgeRow(StrictModel):
    """How far one judge agrees with the data."""

    run: str
    recipe: str
    pairs: int
    agreement: float | None
    """Share of its verdicts for the right answer; null where it gave none."""
    low: float | None
    high: float | None
    kappa: float | None
    same_in_both_orders: float
    first_slot: float | None
    """Share of single questions in which the answer in the first place won."""
    ties: float
    longer_wins: float | None
    shorter_is_right: float | None
    """What a rule by length would reach."""
    seconds_per_pair: float


class Alignment(StrictModel):
    """Policies and judges of one domain."""

    policies: list[PolicyRow]
    judges: list[JudgeRow]
    figure: str | None
    """Path of the figure, relative to the folder of leaderboard.json; null without a policy."""


class IntervalCell(StrictModel):
    """A figure with its interval."""

    value: float
    low: float | None
    high: float | None
    n: int
    """Test items."""


class StepRow(StrictModel):
    """One row of the matrix of continual learning: the model after one step, asked about every task."""

    step: int
    """Number of tasks learnt so far; 0: before the first step."""
    scores: list[IntervalCell | None]
    """One per task; null: not measured, or measured by another protocol."""
    beside: dict[str, IntervalCell] = {}
    """Metric of safety or of general knowledge -> its value, without an interval where items have no value."""


class FigureCell(StrictModel):
    """A figure of the whole matrix, and its difference to the control."""

    value: float
    low: float | None
    high: float | None
    delta: float | None = None
    """This recipe minus its control, paired by item; null without a control."""
    delta_low: float | None = None
    delta_high: float | None = None


class ContinualArm(StrictModel):
    """One recipe that learns a sequence."""

    recipe: str
    title: str
    seeds: list[int]
    """Seeds that all steps share."""
    steps: list[StepRow]
    """By step, from 1."""
    figures: dict[str, FigureCell | None]
    """`average`, `learning_accuracy`, `backward_transfer`, `forward_transfer`, `forgetting`, `intransigence`
    (`harness/evidence/continual.py`); null: something that the figure needs was not measured."""
    control: str | None
    """Recipe that differences are taken to."""
    train_seconds: float | None
    """Training of all steps, mean over seeds; null: not measured."""
    missing: list[str] = []
    """Steps without scores, with the reason where they failed."""


class ContinualMatrix(StrictModel):
    """All recipes of one family that learn one sequence."""

    family: str
    sequence: str
    tasks: list[str]
    metrics: list[str]
    """Metric of each task."""
    before: StepRow | None
    """Row 0; null: not measured."""
    arms: list[ContinualArm]
    upper_bound: str | None
    """Recipe that intransigence is taken to."""
    figure: str
    """Path of the heat map, relative to the folder of leaderboard.json."""


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


class Bounds(StrictModel):
    """A share or a difference with its interval."""

    value: float
    low: float | None
    high: float | None


class MediaRow(StrictModel):
    """How much of one recipe's score comes from pictures, sound or table rows."""

    recipe: str
    """Recipe id, e.g. `multimodal/llava`."""
    score: Bounds | None
    """On the domain's questions; null where it was not scored."""
    over_blind: Bounds | None
    """Score minus that of the blind recipe, paired by item; null for the blind recipe itself."""
    verdict: Verdict | None
    """Of `over_blind`, adjusted over the rows of the table."""
    shuffled: Bounds | None
    """Score where each question shows the file of another item that has another label."""
    carried: Bounds | None
    """Score minus `shuffled` on the same items: what the right file carries."""
    reason: str | None
    """Why a figure is missing."""


class ObjectsRow(StrictModel):
    """Questions about what is in the picture, as POPE asks them; half of the right answers are yes."""

    recipe: str
    accuracy: Bounds
    over_blind: Bounds | None
    """Accuracy minus that of the blind recipe, paired by item."""
    says_yes: float
    """Share of questions that were answered with yes; 0.5 is right."""
    n: int


class MediaSample(StrictModel):
    """One test question with its file, as a reader sees it."""

    id: str
    question: str
    gold: str
    answers: dict[str, str]
    """Recipe id -> its answer, for the best recipe and the blind one."""
    picture: str | None
    """A small PNG in base64: the picture, or the frames of a recording as shades of grey. Null for table rows."""
    cells: dict[str, str]
    """The first columns of a table row; empty for other files."""


class MediaSet(StrictModel):
    """The multi-modal recipes of one domain."""

    kind: Literal["image", "audio", "table"]
    blind: str | None
    """Id of the recipe that is not shown the files; null where it has no row."""
    rows: list[MediaRow]
    """By falling score."""
    objects: list[ObjectsRow]
    """Empty where the domain has no such questions."""
    samples: list[MediaSample]
    """The first test questions; empty where the domain is not prepared here."""
    figure: str | None
    """Path of the sheet of samples, relative to the folder of leaderboard.json; null without samples."""


class BacktestPolicy(StrictModel):
    """What one way to choose a recipe would have chosen on a domain whose rows it did not see."""

    policy: str
    """`advice`, `single best`, `always LoRA`, `random` or `oracle`."""
    recipe: str | None
    """null: it abstained, or it draws at random."""
    regret: float | None
    """Best score on the domain minus score of the choice, 0 to 1; null without a choice."""
    tied: bool | None
    """The domain's own items cannot tell the choice from the best; null without a choice."""
    cost: float | None
    """Of the choice, in the currency of the price table; null: not known."""
    why: str = ""
    """Why there is no choice."""


class BacktestDomain(StrictModel):
    """One domain that was left out, with all domains of its source."""

    domain: str
    source: str
    recipes: int
    """Recipes that could be chosen."""
    best: str
    """Recipe with the highest score."""
    policies: list[BacktestPolicy]


class Backtest(StrictModel):
    """Would the advice of `harness advise` have been good on the measured domains?"""

    rules: str
    """Hash of the code that makes the advice."""
    domains: list[BacktestDomain]
    nothing: str | None = None
    """Why there was nothing to test; null if there was."""
    counts: list[str] = []
    """How often the advice did as well as the other policies, in sentences."""
