"""Fine-tuning of a policy by preferences or rewards, with a report on what became of its own answers."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, ClassVar

from harness.records.raters import RATERS
from harness.training.adapters.peft_lm import PeftLM
from harness.training.contract import TrainContext, TrainedModel

REPORT = "policy.json"
"""File of the run's folder that holds the report."""


class AlignedLM(PeftLM):
    """A LoRA policy that starts from a supervised run, whose adapter is merged into the weights first.

    With the new adapter off the policy is that run again: the reference of a loss, and what the report compares with. A
    subclass calls `write_report` at the end of `fit`. Recipes name reward models for the report in the roles `rater`
    and `second_rater`.
    """

    config_class = "LoraConfig"
    optional_parents: ClassVar[tuple[str, ...]] = RATERS
    merges = True

    def train(self, context: TrainContext) -> TrainedModel:
        """As `SupervisedLM.train`; the report becomes a note of the record.

        Raises:
            RunFailed: as there.
        """
        trained = super().train(context)
        path = context.folder / REPORT
        found = {"policy": json.loads(path.read_text(encoding="utf-8"))} if path.is_file() else {}
        return dataclasses.replace(trained, notes={**trained.notes, **found})

    def write_report(self, model: Any, tokenizer: Any, context: TrainContext) -> None:
        """Compare the policy's own answers with its parent's, for domains that have questions to answer."""
        from harness.training.policy_report import policy_report

        with context.phases("report"):
            found = policy_report(model, tokenizer, context)
        if found:
            context.folder.mkdir(parents=True, exist_ok=True)
            (context.folder / REPORT).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
