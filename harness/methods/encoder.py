"""The pretrained encoder without training, for suites that compare vectors."""

from __future__ import annotations

from harness.errors import DataError
from harness.models.sentence_encoder import SentenceEncoder, load_encoder
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel


class Encoder(Method):
    """A small pretrained model for sentence vectors: the reference for the vectors of language models.

    What it does: nothing is trained or saved; scoring loads the base model of the role `encoder` itself.
    Data: none.
    Cost: only the scoring, which takes a fraction of a language model's time.
    Use it: to see whether the vectors of a language model are worth their cost, and what training an encoder adds.
    Not for: suites that ask in words: an encoder cannot answer them.
    Related: `zero_shot`, the same for language models, whose vectors are means of hidden states.
    Example: `python -m harness train baseline/encoder --domain hs_products --seed 0`
    """

    base = "encoder"
    views = ()
    takes_subset = False

    def train(self, context: TrainContext) -> TrainedModel:
        """Check that the base model loads, and count its parameters."""
        with context.phases("load"):
            model = self.load(context).model
        return TrainedModel(
            trainable_parameters=0,
            total_parameters=sum(p.numel() for p in model.parameters()),
            examples=0,
        )

    def load(self, context: LoadContext) -> SentenceEncoder:
        """The base model.

        Raises:
            DataError: no base model has the role encoder.
        """
        if context.base is None:
            raise DataError("no base model has the role encoder", where=context.recipe.id)
        return load_encoder(context.base, context.device)
