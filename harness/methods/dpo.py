"""DPO: learn from pairs of answers, without a reward model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from harness.training.contract import TrainContext
from harness.training.lessons.preference_pairs import EncodedPair
from harness.training.lessons.ranked_rows import RankedOptions
from harness.training.preference_lm import PreferenceLM

if TYPE_CHECKING:
    from harness.training.loops.run_trainer import Outcome


class DPOOptions(RankedOptions):
    """The loss."""

    beta: float = Field(default=0.1, gt=0)
    """How strongly the policy is held to its parent; higher holds it closer."""
    loss_type: list[Literal["sigmoid", "robust", "ipo", "sft"]] = Field(default=["sigmoid"], min_length=1)
    """Terms of the loss, in trl's names. `robust` allows for labels that are flipped with probability
    `label_smoothing`. `sft` is the cross-entropy of the chosen answer."""
    loss_weights: list[float] | None = None
    """Weight of each term; null: 1 each."""
    label_smoothing: float = Field(default=0.0, ge=0, lt=0.5)
    """Share of pairs whose answers are thought to be the wrong way round."""

    @model_validator(mode="after")
    def _smoothing_is_read(self) -> DPOOptions:
        if self.label_smoothing and "robust" not in self.loss_type:
            raise ValueError("label_smoothing has an effect in the loss `robust` only")
        if self.loss_weights is not None and len(self.loss_weights) != len(self.loss_type):
            raise ValueError("loss_weights needs one weight for each entry of loss_type")
        return self


class DPO(PreferenceLM):
    """Direct preference optimisation (Rafailov et al. 2023, arXiv 2305.18290).

    What it optimises: the log-odds that the policy prefers the chosen answer by more than its parent does.
    Data: `preferences`, a right answer against a plausible wrong one.
    Cost: about three times that of supervised LoRA per pair: two answers, and a pass of the reference without
        gradients. The reference needs no second copy of the weights.
    Use it: when wrong answers are known and telling them apart matters, after supervised fine-tuning.
    Not for: teaching a task from nothing; it moves what the parent can already do.
    Related: `preference/kto` needs no pairs; `preference/orpo` and `preference/simpo` need no reference.
    Options: `slices`, `half`, `even_at_chance` (with a judge), `beta`, `loss_type`, `loss_weights`, `label_smoothing`.
    Example: `python -m harness train preference/dpo --domain hs_products --seed 0`
    """

    options_model = DPOOptions

    def fit_pairs(self, model: Any, tokenizer: Any, pairs: Sequence[EncodedPair], context: TrainContext) -> Outcome:
        """See `PreferenceLM.fit_pairs`."""
        from harness.training.loops.alignment.preference_loops import run_dpo

        options = DPOOptions.of(context.recipe)
        return run_dpo(model, tokenizer, pairs, context=context, **options.loss_settings())
