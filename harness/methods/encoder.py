"""The pretrained encoder as it is, for suites on vectors."""

from __future__ import annotations

from harness.errors import DataError
from harness.models.sentence_encoder import SentenceEncoder, load_encoder
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel


class Encoder(Method):
    """A small model made for vectors of sentences: what every vector of a language model is measured against.

    What it does: nothing is trained or saved; scoring loads the base of the role `encoder` itself.
    Data: none.
    Cost: only the scoring, which is a fraction of a language model's.
    Use it: to see whether vectors of a language model are worth their cost, and what training an encoder adds.
    Related: `zero_shot`, the same for language models, whose vectors are means of hidden states. Suites that ask in
    words cannot ask an encoder.
    Example: `python -m harness train baseline/encoder --domain hs_products --seed 0`
    """

    base = "encoder"
    views = ()

    def train(self, context: TrainContext) -> TrainedModel:
        """Check that the base loads and count its parameters."""
        self.chosen_options(context.recipe)
        with context.phases("load"):
            model = self.load(context).model
        return TrainedModel(
            trainable_parameters=0,
            total_parameters=sum(p.numel() for p in model.parameters()),
            examples=0,
        )

    def load(self, context: LoadContext) -> SentenceEncoder:
        """The base.

        Raises:
            DataError: there is none.
        """
        if context.base is None:
            raise DataError("there is no base model of the role encoder", where=context.recipe.id)
        return load_encoder(context.base, context.device)
