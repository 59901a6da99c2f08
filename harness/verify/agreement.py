"""How well two records of one run agree: the contract of `harness verify --json`.

`published` is the record in git, `here` the repetition. null means "not known".
"""

from __future__ import annotations

from typing import Literal

from harness.config.strict import StrictModel
from harness.records.run_record import Status

Agreed = Literal["equal", "same answers", "inside", "differs", "not compared"]
"""`equal`: every number of every item. `same answers`: likelihoods differ in late digits, answers do not. `inside`:
answers differ, and the interval of the difference contains 0, or its p-value is not small enough. `differs`: a
difference beyond chance, corrected for the number of suites."""


class SuiteAgreement(StrictModel):
    """One suite on one domain."""

    suite: str
    domain: str
    column: str
    """What the suite measures: score, hallucination..."""
    metric: str
    items: int = 0
    """Items that both have."""
    unpaired: int = 0
    """Items that only one of them has."""
    differing: int = 0
    """Items whose answer, or whose part of the metric, differs."""
    largest_change: float | None = None
    """Largest difference of a log-likelihood, in nats; null where there are none."""
    published: float | None = None
    here: float | None = None
    difference: float | None = None
    """here - published, paired by item."""
    low: float | None = None
    high: float | None = None
    p_adjusted: float | None = None
    """Holm-corrected over the suites of the run."""
    agreed: Agreed
    reason: str | None = None
    """Why it was not compared."""

    @property
    def in_words(self) -> str:
        """The verdict as a clause: `3 of 400 answers differ, the difference is inside the interval`."""
        differing = f"{self.differing} of {self.items} answers differ"
        changed = "" if self.largest_change is None else f", log-likelihoods by up to {self.largest_change:.1g}"
        return {
            "equal": "every answer and likelihood is equal",
            "same answers": f"{differing}{changed}",
            "inside": f"{differing}, the difference is inside the interval",
            "differs": f"differs: {differing}, beyond chance",
            "not compared": f"not compared: {self.reason}",
        }[self.agreed]


class Ratio(StrictModel):
    """A cost here, and in the published record."""

    published: float | None
    here: float | None

    @property
    def ratio(self) -> float | None:
        """here / published."""
        return self.here / self.published if self.published and self.here is not None else None


class StageCosts(StrictModel):
    """What training, or scoring, took. Only costs of one kind of machine describe the method alone."""

    seconds: Ratio
    cpu_seconds: Ratio
    """CPU time, which other work changes less than wall time."""
    memory_mb: Ratio
    """Peak: of the GPU if both used one, else resident."""
    published_on: str | None
    here_on: str | None
    """Kind of machine: device and threads."""
    published_busy: bool | None
    here_busy: bool | None
    """Whether other work ran beside it."""


class Agreement(StrictModel):
    """A published run and its repetition."""

    run_id: str
    published_status: Status
    here_status: Status
    published_reason: str | None = None
    here_reason: str | None = None
    """Why a run failed."""
    samples_equal: bool
    """samples.parquet is the same, byte for byte."""
    suites: list[SuiteAgreement] = []
    training: StageCosts
    scoring: StageCosts
    notes: list[str] = []
    """What else differs: data, settings, precision, versions of libraries."""

    @property
    def agrees(self) -> bool:
        """Whether nothing differs beyond chance."""
        return self.published_status == self.here_status and all(one.agreed != "differs" for one in self.suites)

    @property
    def main(self) -> SuiteAgreement | None:
        """The suite that ranks: the first of the score that could be compared."""
        compared = [one for one in self.suites if one.agreed != "not compared"]
        return next((one for one in compared if one.column == "score"), next(iter(compared), None))

    @property
    def in_words(self) -> str:
        """One sentence: `peft/lora-icd10-0: 74.0 here, 73.0 published: 4 of 400 answers differ, ...`."""
        if self.published_status != self.here_status:
            reason = self.here_reason or self.published_reason
            return f"differs: {self.published_status} in the published record, {self.here_status} here ({reason})"
        if self.here_status == "failed":
            return f"failed here as published: {self.here_reason}"
        if self.samples_equal:
            return "equal to the last byte"
        wrong = [one.suite for one in self.suites if one.agreed == "differs"]
        if wrong:
            return f"differs beyond chance on {', '.join(wrong)}"
        items, differing = (sum(getattr(one, name) for one in self.suites) for name in ("items", "differing"))
        if not items:
            return "nothing could be compared"
        if not differing:
            return f"all {items} answers are equal"
        return f"{differing} of {items} answers differ, every difference is inside its interval"
