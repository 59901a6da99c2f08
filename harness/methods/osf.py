"""Orthogonal subspace fine-tuning: a new domain may only change what earlier ones use least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from harness.config.mistakes import Mistake
from harness.config.recipe import Recipe
from harness.training.adapters.peft_lm import PeftLM
from harness.training.contract import TrainContext
from harness.training.method_options import MethodOptions

RANK = "effective_rank"
"""peft's name for the share of each weight's directions that is preserved. It is not the rank that learns."""


class OSFOptions(MethodOptions):
    """How much of each weight is preserved."""

    preserved: list[Annotated[float, Field(gt=0, lt=1)]] = Field(default=[0.3, 0.5, 0.7], min_length=1)
    """Share of the singular directions that is frozen, in the first step, the second, and so on; the last value counts
    for all further steps. The strongest directions are frozen."""


class OSF(PeftLM):
    """Orthogonal subspace fine-tuning (arXiv 2504.07097), step by step.

    What it optimises: cross-entropy of the new domain's answers, over the weakest singular directions of each target
        weight. peft takes out the part of each gradient that points along the preserved directions; what Adam makes
        of the gradient may bring a little of it back.
    Data: `classify` or `answer` questions of the new domain alone.
    Cost: a singular value decomposition of every target weight in each step, and again for each step when a run is
        loaded; about half of the target weights learn, so it needs more memory than LoRA.
    Use it: where earlier data cannot be kept and adapters must not pile up: each step is merged into the weights.
    Not for: quantised bases: the weights themselves are decomposed.
    Related: `continual/ewc`, which holds weights softly; `continual/naive`.
    Options: `preserved`.
    Recipe: `run.peft` takes the arguments of `OSFConfig`, but `effective_rank`, which `preserved` sets.
    Example: `python -m harness train continual/osf --domain hs_products --domain icd10 --seed 0`
    """

    config_class = "OSFConfig"
    merges = True
    takes_subset = False
    options_model = OSFOptions

    def refusals(self, recipe: Recipe) -> Iterator[Mistake]:
        """`effective_rank` in the recipe, which would be the same in all steps."""
        yield from super().refusals(recipe)
        if RANK in recipe.run.peft:
            hint = "name the share for each step in `run.options.preserved`"
            yield Mistake(("run", "peft", RANK), f"the method sets `{RANK}` in each step", hint=hint)

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """A fresh decomposition of the weights that the step before ended with.

        Raises:
            RunFailed: as `PeftLM.adapt`.
        """
        shares = OSFOptions.of(context.recipe).preserved
        share = shares[min(len(context.earlier_domains), len(shares) - 1)]
        run = context.recipe.run
        run = run.model_copy(update={"peft": {**run.peft, RANK: share}})
        return super().adapt(model, replace(context, recipe=context.recipe.model_copy(update={"run": run})))
