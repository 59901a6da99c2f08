"""One trial: the recipe trained with one value of its grid and judged, kept as one small file.

    runs/.trials/<family>/<recipe>-<domain>-<seed>/<value>/train/    while it lasts: the weights
                                                   <value>.json      for good

A finished trial of the same code, configuration and data is not repeated, so an interrupted search goes on where it
was. `.dvcignore` keeps the folder out of the pipeline.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from harness.config.project import RunKey
from harness.config.strict import StrictModel
from harness.config.tuned import Tried, Value
from harness.runtime.atomic_output import atomic_file
from harness.tuning.extra_training import ExtraTraining
from harness.tuning.validation import judge

TRIALS_FOLDER = ".trials"


@dataclass(frozen=True)
class TrialKey(RunKey):
    """A run beside the pipeline's: same recipe, domain and seed, another value, a folder of its own."""

    value: Value

    @property
    def id(self) -> str:
        """`.trials/peft/lora-hs_products-0/0.001`."""
        return f"{TRIALS_FOLDER}/{super().id}/{self.value:g}"


class Trial(StrictModel):
    """`<value>.json`."""

    config_hash: str
    """Of all that determines the score; a trial of another one is repeated."""
    tried: Tried
    metric: str | None = None
    """Null for a failed trial."""
    items: int | None = None


@dataclass(frozen=True)
class Job(ExtraTraining):
    """A trial that is still to be done, or was."""

    split = "validation"
    key: TrialKey

    def finished(self) -> Trial | None:
        """What an earlier search found; null if nothing of the same configuration."""
        try:
            trial = Trial.model_validate(json.loads(self.file.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            return None
        return trial if trial.config_hash == self.config_hash else None

    def run(self) -> Trial:
        """Train, judge, write the record, drop the weights. A trial that fails is kept with its reason."""
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
