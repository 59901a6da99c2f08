"""The base model without training."""

from __future__ import annotations

from harness.models.loaded import LanguageModel
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel
from harness.training.start import load_start


class ZeroShot(Method):
    """Prompting without examples: the board compares every recipe with it.

    What it does: nothing is trained or saved; scoring loads the base model itself.
    Data: none.
    Cost: only the scoring.
    Use it: to see what fine-tuning must improve on.
    Related: `few_shot`, the same model with solved examples in the prompt.
    Example: `python -m harness train baseline/zero_shot --domain hs_products --seed 0`
    """

    base = "causal_lm"
    other_bases = ("seq2seq_lm",)
    starts_from = "model"
    views = ()
    takes_subset = False

    def train(self, context: TrainContext) -> TrainedModel:
        """Check that the model loads, and count its parameters."""
        with context.phases("load"):
            model = load_start(context).model
        return TrainedModel(
            trainable_parameters=0,
            total_parameters=sum(p.numel() for p in model.parameters()),
            examples=0,
            notes={"shots": 0},
        )

    def load(self, context: LoadContext) -> LanguageModel:
        """The base model, or the run that the recipe starts from."""
        return load_start(context)
