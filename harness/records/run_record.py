"""The contracts between stages: `train/run.json`, `score/scores.json` and the columns of `score/samples.parquet`.

`wide/` holds the same files as `score/`, for the wide protocol.

`null` means "not measured"; there are no sentinels.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from harness.config.params import DEFAULT, ProtocolName
from harness.config.strict import StrictModel
from harness.errors import DataError

SCHEMA_VERSION = 1
"""Version of every record below. It is raised when a field changes its meaning."""

Status = Literal["ok", "failed"]


class Memory(StrictModel):
    """Peak memory of one process phase, in MB (10^6 bytes)."""

    resident_mb: float
    """Highest resident set of the process on the CPU side, libraries included."""
    before_mb: float
    """Resident set before the phase: Python and the libraries."""
    cuda_allocated_mb: float | None = None
    cuda_reserved_mb: float | None = None


class Cost(StrictModel):
    """Time and energy of a phase."""

    seconds: float
    """Wall time."""
    cpu_seconds: float | None = None
    """CPU time of the process and its children, user and system; null also for a training that was resumed."""
    others_share: float | None = None
    """Share of the machine's CPU time that other processes took meanwhile, 0 to 1; null where it cannot be measured."""
    busy: bool | None = None
    """Other processes probably made the phase longer (harness/measure/workload.py); null: not measured."""
    energy_wh: float | None = None
    """Energy in watt hours, from RAPL or NVML; null if the machine does not report it."""


class Provenance(StrictModel):
    """Facts that are needed to repeat the phase."""

    commit: str | None
    dirty: bool | None
    """True: the working tree differed from the commit."""
    versions: dict[str, str]
    """Versions of Python and of the libraries that compute."""
    device_kind: Literal["cuda", "cpu"]
    device: str
    """Name of the device that computed, as the driver or the kernel reports it. Money follows it."""
    machine: str | None = None
    """Name of the best device of the machine: its GPU, if it has one. It differs from `device` for methods that compute
    on the CPU of such a machine. Null in older records: `device`."""
    threads: int
    gpus: int = 0
    """Number of GPUs that computed: 0 or 1."""
    precision: str
    """`float32`, `bfloat16` (scoring), or `mixed` (training): products in bfloat16, trained weights in float32."""
    config_hash: str
    """sha256 of the resolved recipe, budget and base model."""
    data_hash: str
    """sha256 of the prepared domains."""

    @property
    def measured_on(self) -> str:
        """What seconds, memory and money depend on. They are compared only where this is the same."""
        return f"{self.machine or self.device}, {self.threads} thread{'' if self.threads == 1 else 's'}"


class Training(StrictModel):
    """Figures of a training that did not fail. If all counts are zero, nothing was trained."""

    trainable_parameters: int
    total_parameters: int
    """Parameters of the model that answers, base included; 0 for a model without weights."""
    saved_bytes: int
    examples: int
    """Training items used, counted once."""
    steps: int
    tokens: int
    """Tokens processed over all epochs, padding excluded."""
    supervised_tokens: int
    """The part of `tokens` that the loss is computed on."""
    truncated: int = 0
    """Training items cut to `max_length`."""
    output_change: float | None = None
    """Largest absolute change of a logit on probe prompts since the start; null if nothing is trained."""
    cpu_phases: list[str] = []
    """Phases that compute on the CPU also where the device is a GPU, such as the head of SetFit."""
    notes: dict[str, Any] = {}
    """Facts that the method reports: number of shots, chosen regularisation..."""


class RunRecord(StrictModel):
    """`train/run.json`: what was trained, on which data, in which time, with how much memory."""

    schema_version: int = SCHEMA_VERSION
    run_id: str
    family: str
    recipe: str
    domains: list[str]
    """The domains learnt; in a sequence in the order of the steps, the last one in this run."""
    parents: dict[str, str] = {}
    """Role -> id of each run that this one started from; empty if it started from its base model."""
    seed: int
    title: str
    base_model: str | None
    """Name of the pretrained model; null for methods that need none."""
    profile: str
    status: Status
    reason: str | None = None
    """Why it failed, in one line."""
    budget: dict[str, float]
    budget_overridden: bool
    training: Training | None = None
    phases: dict[str, float] = {}
    """Wall seconds of each phase: load, train, save..."""
    memory: Memory | None = None
    cost: Cost
    provenance: Provenance

    @property
    def tokens_per_second(self) -> float | None:
        """Training throughput, or null if nothing was trained."""
        return self._rate(self.training.tokens) if self.training else None

    def _rate(self, amount: int) -> float | None:
        seconds = self.phases.get("train")
        return amount / seconds if amount and seconds else None


class Metric(StrictModel):
    """One aggregate over the items of a suite. Intervals are computed in the reports, from the samples."""

    value: float | None
    """null: not defined for this model (see the suite's `reason`)."""
    n: int


class SuiteScore(StrictModel):
    """All metrics of one suite on one domain."""

    suite: str
    domain: str
    kind: str
    column: str
    primary: str
    """The metric the board shows."""
    protocol: ProtocolName = DEFAULT
    """The protocol of params.yaml that lists the suite: `default`, or `wide`, which asks only a few recipes."""
    protocol_hash: str
    """Hash of data, prompts, version and metric. Only scores with equal hashes are ranked together."""
    metrics: dict[str, Metric]
    seconds: float | None = None
    truncated: int | None = None
    """Prompts cut on the left to fit the model."""
    reason: str | None = None
    """Why there are no metrics, such as a kind of model that the suite does not apply to."""
    result_hash: str | None = None
    """Hash of everything that can change the answers: model, questions, rule, code, versions, device. A later scoring
    with an equal hash keeps the result. Null: there is nothing to keep."""
    samples_hash: str | None = None
    """sha256 of the suite's samples. A result whose samples have another hash is not kept."""
    kept_from: str | None = None
    """Commit at which the suite was asked, if its result was kept; null: this scoring asked it."""


class Latency(StrictModel):
    """Medians over prompts; each request runs alone (batch size 1)."""

    first_token_ms: float
    """Milliseconds from the prompt's tokens to the first token of the answer."""
    tokens_per_second: float
    """Speed after the first token."""
    prompts: int
    """Number of prompts. A prompt that is timed several times counts once."""
    prompt_tokens: float
    """Median length of the prompts in tokens, including solved examples."""
    new_tokens: int
    """Tokens written per prompt; the model continues past its end token."""
    result_hash: str | None = None
    """As `SuiteScore.result_hash`."""
    kept_from: str | None = None
    """As `SuiteScore.kept_from`."""


class ScoreRecord(StrictModel):
    """`score/scores.json`."""

    schema_version: int = SCHEMA_VERSION
    run_id: str
    status: Status
    reason: str | None = None
    suites: list[SuiteScore] = []
    latency: Latency | None = None
    """Null for models that do not write text."""
    adapter_seconds: float | None = None
    """Seconds to attach the adapter to the loaded base model; null for runs without an adapter."""
    memory: Memory | None = None
    """If results were kept: of this scoring or of the one before, whichever peak is higher."""
    cost: Cost | None = None
    """Of scoring every suite: the seconds of kept results count as they were measured."""
    kept_seconds: float = 0.0
    """The part of `cost.seconds` that belongs to kept results."""
    provenance: Provenance | None = None


SAMPLE_COLUMNS: dict[str, str] = {
    "run_id": "VARCHAR",
    "suite": "VARCHAR",
    "domain": "VARCHAR",
    "item_id": "VARCHAR",
    "cluster": "VARCHAR",  # items of one origin; statistics resample clusters
    "gold": "VARCHAR",
    "answer": "VARCHAR",
    "correct": "DOUBLE",  # 1.0 / 0.0 here; a graded score where a kind has one
    "log_odds": "DOUBLE",  # kind claims: log p(true answer) - log p(false answer); else null
    "gold_loglikelihood": "DOUBLE",  # nats of the gold answer; null if the model gives none
    "loglikelihoods": "DOUBLE[]",  # nats of every choice, in the order of the suite's choices
}
"""Columns of samples.parquet with their DuckDB types; one row per item."""

RESTORE = "restore it with git, or repeat that stage: `dvc repro -f -s STAGE`"

Record = TypeVar("Record", bound=StrictModel)


def read_record(model: type[Record], path: Path) -> Record:
    """Read one record.

    Raises:
        DataError: the file is missing, is cut off, holds a conflict of git, or has another schema version.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError("the record does not exist", where=str(path), hint="run `dvc repro`") from None
    except UnicodeDecodeError:
        raise DataError("is not text", where=str(path), hint=RESTORE) from None
    if text.startswith("<<<<<<< ") or "\n<<<<<<< " in text:
        raise DataError(
            "git left a conflict in it: two machines made a record of the same run",
            where=str(path),
            hint="take one side whole: `git checkout --ours dvc.lock reports/records`, or `--theirs`",
        )
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(f"is not JSON, or is cut off: {error}", where=str(path), hint=RESTORE) from None
    if not isinstance(content, dict):
        raise DataError("is not a record", where=str(path), expected="a JSON object", hint=RESTORE)
    found = content.get("schema_version")
    if found != SCHEMA_VERSION:
        raise DataError(
            f"schema version {found}", where=str(path), expected=f"version {SCHEMA_VERSION}", hint="re-run that stage"
        )
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise DataError(f"not a valid {model.__name__}: {error}", where=str(path)) from None


def write_record(record: StrictModel, path: Path) -> None:
    """Write the record as JSON with a stable order of keys and a final newline."""
    path.write_text(json.dumps(record.model_dump(mode="json"), indent=2) + "\n", encoding="utf-8")
