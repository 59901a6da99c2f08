"""ORPO: supervised fine-tuning and preferences in one loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from harness.training.contract import TrainContext
from harness.training.lessons.preference_pairs import EncodedPair
from harness.training.lessons.ranked_rows import RankedOptions
from harness.training.preference_lm import PreferenceLM

if TYPE_CHECKING:
    from harness.training.loops.run_trainer import Outcome


class ORPOOptions(RankedOptions):
    """The loss."""

    beta: float = Field(default=0.1, gt=0)
    """Weight of the odds ratio beside the cross-entropy (lambda in the paper)."""


class ORPO(PreferenceLM):
    """Odds-ratio preference optimisation (Hong et al. 2024, arXiv 2403.07691).

    What it optimises: cross-entropy of prompt and chosen answer, plus the log-odds of the chosen over the rejected
        answer. Other recipes compute the cross-entropy on the answer alone; the paper's code and trl add the prompt.
    Data: `preferences`.
    Cost: about two thirds of `preference/dpo`: no reference model.
    Use it: to skip the supervised step, from the base model (a recipe without `init`), or after it.
    Not for: long prompts with short answers, because the prompt's tokens dominate the cross-entropy.
    Related: `preference/dpo`, which needs a supervised parent; `preference/simpo`.
    Options: `slices`, `half`, `even_at_chance` (with a judge), `beta`.
    Example: `python -m harness train preference/orpo --domain hs_products --seed 0`
    """

    options_model = ORPOOptions

    def fit_pairs(self, model: Any, tokenizer: Any, pairs: Sequence[EncodedPair], context: TrainContext) -> Outcome:
        """See `PreferenceLM.fit_pairs`."""
        from harness.training.loops.alignment.preference_loops import run_orpo

        return run_orpo(model, tokenizer, pairs, context=context, beta=ORPOOptions.of(context.recipe).beta)
