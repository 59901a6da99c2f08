"""One trial: train the recipe with one value of its grid, score it on validation items, and keep one small file.

    runs/.trials/<family>/<recipe>-<domain>-<seed>/<value>/    the weights, deleted after the trial
                                                   <value>.json the record, kept

A finished trial is not repeated while code, configuration and data stay the same, so an interrupted search continues
where it stopped. `.dvcignore` keeps the folder out of the pipeline.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from harness.config.project import RunKey
from harness.config.strict import StrictModel
from harness.config.tuned import Tried, Value
from harness.runtime.atomic_output import atomic_file
from harness.tuning.extra_training import ExtraTraining
from harness.tuning.judging import judge

TRIALS_FOLDER = ".trials"


@dataclass(frozen=True)
class TrialKey(RunKey):
    """A run outside of the pipeline: recipe, domain and seed as in a `RunKey`, and the value that is tried."""

    value: Value

    @property
    def id(self) -> str:
        """`.trials/peft/lora-hs_products-0/0.001`."""
        return f"{TRIALS_FOLDER}/{super().id}/{self.value:g}"


class Trial(StrictModel):
    """The record of a trial, `<value>.json`."""

    config_hash: str
    """Hash of all that determines the score. If it differs from the current hash, the trial is repeated."""
    tried: Tried
    metric: str | None = None
    """Name of the metric of the score; null for a failed trial."""
    items: int | None = None
    """Validation items that were scored; null for a failed trial."""


@dataclass(frozen=True)
class TrialJob(ExtraTraining):
    """The training and scoring of one trial, which may be done already."""

    split = "validation"
    key: TrialKey

    def finished(self) -> Trial | None:
        """The trial if an earlier search did it with the same configuration, else None."""
        try:
            trial = Trial.model_validate(json.loads(self.file.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            return None
        return trial if trial.config_hash == self.config_hash else None

    def run(self) -> Trial:
        """Train, score, write the record, delete the weights. A failed trial is recorded with its reason."""
        config_hash = self.config_hash
        judged, reason, seconds = self.trained_and_asked(
            lambda: judge(
                self.project, self.key, domain=self.domain, views=self.views, items=self.items, device=self.device
            )
        )
        tried = Tried(
            value=self.key.value,
            validation_score=round(judged.score, 6) if judged else None,
            failed=None if judged else reason or "no reason was recorded",
            seconds=round(seconds, 1),
        )
        trial = Trial(
            config_hash=config_hash,
            tried=tried,
            metric=judged.metric if judged else None,
            items=judged.items if judged else None,
        )
        with atomic_file(self.file) as working:
            working.write_text(json.dumps(trial.model_dump(mode="json"), indent=2) + "\n", encoding="utf-8")
        return trial
