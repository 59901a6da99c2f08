"""KTO: learn from single answers that people want or do not want."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from harness.training.contract import TrainContext
from harness.training.lessons.preference_pairs import EncodedPair, unpaired
from harness.training.lessons.ranked_rows import RankedOptions
from harness.training.preference_lm import PreferenceLM

if TYPE_CHECKING:
    from harness.training.loops.run_trainer import Outcome


class KTOOptions(RankedOptions):
    """The loss."""

    beta: float = Field(default=0.1, gt=0)
    """How strongly the policy is held to its parent; higher holds it closer."""


class KTO(PreferenceLM):
    """Kahneman-Tversky optimisation (Ethayarajh et al. 2024, arXiv 2402.01306).

    What it optimises: that wanted answers become more likely than before and unwanted ones less, each measured
        against the mean change of the policy.
    Data: `preferences`; each pair gives one wanted and one unwanted answer, mixed by the seed. Both kinds are equally
        many, so both weigh the same.
    Cost: about that of `preference/dpo`, plus a pass over mismatched answers.
    Use it: when people rate single answers (thumbs up, thumbs down).
    Not for: pairs; there `preference/dpo` uses the comparison.
    Related: `preference/dpo` compares pairs; `preference/simpo` needs no reference.
    Options: `slices`, `half`, `even_at_chance` (with a judge), `beta`. `per_device_train_batch_size` counts answers,
        two for each pair, and must be above 1.
    Example: `python -m harness train preference/kto --domain hs_products --seed 0`
    """

    options_model = KTOOptions

    def fit_pairs(self, model: Any, tokenizer: Any, pairs: Sequence[EncodedPair], context: TrainContext) -> Outcome:
        """See `PreferenceLM.fit_pairs`."""
        from harness.training.loops.alignment.preference_loops import run_kto

        answers = unpaired(pairs, seed=context.seed)
        return run_kto(model, tokenizer, answers, context=context, beta=KTOOptions.of(context.recipe).beta)
