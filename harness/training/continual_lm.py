"""Learning one domain after another: how a step of a sequence stands on the steps before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.models.loaded import LanguageModel
from harness.training.adapters.peft_lm import PeftLM
from harness.training.contract import LoadContext, TrainContext
from harness.training.registry import started_from
from harness.training.start import load_start


def previous_step(context: LoadContext) -> LoadContext | None:
    """The run of the same recipe on the domains before the last one; null in the first step."""
    parent = started_from(context)
    return parent if parent is not None and parent.recipe.id == context.recipe.id else None


def steps_so_far(context: LoadContext) -> Iterator[LoadContext]:
    """The runs of all steps, this one last."""
    before = previous_step(context)
    if before is not None:
        yield from steps_so_far(before)
    yield context


def first_start(context: LoadContext) -> LanguageModel:
    """The model that the first step started from: the base, or the run that the recipe names in `init`."""
    return load_start(next(steps_so_far(context)))


class StepwiseLM(PeftLM):
    """LoRA in steps. All steps stand on the same base; by default a step trains the adapter of the step before further.

    A subclass decides what else a step learns from (`lessons`), what holds it back (`fit`), or where it starts
    (`adapt`).
    """

    config_class = "LoraConfig"
    merges = True
    takes_subset = False

    def start(self, context: LoadContext) -> LanguageModel:
        """The model under the adapter, which no step changes."""
        return first_start(context)

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """The adapter of the step before, ready to learn; in the first step a new one."""
        before = previous_step(context)
        if before is None:
            return super().adapt(model, context)
        from peft import PeftModel

        return PeftModel.from_pretrained(model, before.folder / self.saved_as, is_trainable=True, local_files_only=True)
