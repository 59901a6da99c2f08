"""The whole of `reports/leaderboard.json`: rows, sections, and the conditions under which they were measured."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from harness.config.strict import StrictModel
from harness.display.metrics import Unit
from harness.reports.contract.rows import Row
from harness.reports.contract.sections.alignment import Alignment
from harness.reports.contract.sections.backtest import Backtest
from harness.reports.contract.sections.continual import ContinualMatrix
from harness.reports.contract.sections.curves import CurveSet
from harness.reports.contract.sections.media import MediaSet
from harness.reports.contract.sections.transfer import Transfer
from harness.reports.contract.sections.tuning import TuningInfo
from harness.reports.contract.sections.vectors import VectorSet


class SuiteInfo(StrictModel):
    """What a suite measures and by which protocol."""

    title: str
    version: int | str
    """Version of the suite's file; for an official task the version that its maker gives it."""
    metric: str
    column: str
    """Column of the main table that the suite belongs to. Where several suites share a column, the first suite that
    has questions for the domain is shown there."""
    protocol_hashes: dict[str, list[str]]
    """Domain -> hashes; with more than one hash not all rows of the domain can be compared."""


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
    """What a reader must not conclude from the metric."""


class PriceInfo(StrictModel):
    """The price list behind every cost."""

    as_of: str
    """Date."""
    currency: str
    source: str


class DetectorInfo(StrictModel):
    """How well the refusal detector agrees with people, on hand-labelled replies that were not used to build it."""

    precision: float | None
    precision_low: float | None
    precision_high: float | None
    recall: float | None
    recall_low: float | None
    recall_high: float | None
    n: int
    """Labelled replies."""


class Protocol(StrictModel):
    """The conditions under which the rows were measured."""

    profiles: list[str]
    base_models: list[str]
    budget: dict[str, float]
    """Budget of every recipe that is not flagged as setting its own."""
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
    """Name, identity, licence and origin of every external source."""

    def metric(self, name: str) -> MetricInfo:
        """How to write a metric; the defaults for a metric that no kind declares."""
        return self.metrics.get(name, MetricInfo())


class Leaderboard(StrictModel):
    """All of leaderboard.json."""

    version: Literal[2] = Field(default=2, alias="schema")
    """Raised when a key changes its meaning. New keys do not raise it."""
    protocol: Protocol
    cards: dict[str, str] = {}
    """Prepared domain -> its data card, relative to the folder of this file."""
    findings: dict[str, list[str]]
    """Domain -> generated sentences: the best row, the rows that may be best too, what a simple baseline beats."""
    tuning: dict[str, TuningInfo] = {}
    """Recipe id -> how it was tuned."""
    transfer: dict[str, Transfer] = {}
    """Domain -> transfer table, for domains with recipes that learnt different tasks."""
    alignment: dict[str, Alignment] = {}
    """Domain -> policies that learnt from preferences or rewards, and judges; empty where there is neither."""
    unscored: list[str] = []
    """Active runs and learning curves that are not on the board because they have not been scored yet."""
    curves: dict[str, CurveSet] = {}
    """Domain -> learning curves; empty where no recipe has one."""
    vectors: dict[str, VectorSet] = {}
    """Domain -> search with vectors; empty where no run that produces only vectors was measured."""
    continual: list[ContinualMatrix] = []
    """Sequences of domains that were learnt one after another, each with its recipes."""
    media: dict[str, MediaSet] = {}
    """Domain -> its multi-modal recipes; empty for domains of text."""
    backtest: Backtest | None = None
    """The back-test of the advice; null in boards that were made without it."""
    rows: list[Row]
    """By domain. Within a domain: ranked rows by falling score, rows without a score, rows of another protocol,
    failed rows."""
