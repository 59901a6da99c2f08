"""SimPO: preferences by mean log-likelihood, without a reference."""

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


class SimPOOptions(RankedOptions):
    """The loss."""

    beta: float = Field(default=2.0, gt=0)
    """Scale of the mean log-likelihood per token."""
    simpo_gamma: float = Field(default=1.0, ge=0)
    """Margin by which the chosen answer shall lead, in the scale of `beta`."""


class SimPO(PreferenceLM):
    """Simple preference optimisation (Meng et al. 2024, arXiv 2405.14734).

    What it optimises: that the chosen answer's mean log-likelihood per token leads by a margin.
    Data: `preferences`.
    Cost: about two thirds of `preference/dpo`: no reference model.
    Use it: where rejected answers are longer than chosen ones, because length does not count.
    Not for: training without a check of forgetting: nothing holds the policy to its parent.
    Related: `preference/dpo` holds the policy to its parent; `preference/orpo` adds cross-entropy.
    Options: `slices`, `half`, `even_at_chance` (with a judge), `beta`, `simpo_gamma`.
    Example: `python -m harness train preference/simpo --domain hs_products --seed 0`
    """

    options_model = SimPOOptions

    def fit_pairs(self, model: Any, tokenizer: Any, pairs: Sequence[EncodedPair], context: TrainContext) -> Outcome:
        """See `PreferenceLM.fit_pairs`."""
        from harness.training.loops.alignment.preference_loops import run_simpo

        options = SimPOOptions.of(context.recipe)
        return run_simpo(model, tokenizer, pairs, context=context, **options.loss_settings())
