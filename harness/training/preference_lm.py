"""Fine-tuning of a language model on pairs of a preferred and a rejected answer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.items.rows import Preference
from harness.models.loaded import LanguageModel
from harness.training.adapters.peft_lm import PeftLM
from harness.training.adapters.reference_adapter import drop_reference
from harness.training.contract import TrainContext
from harness.training.lessons.preference_pairs import EncodedPair, encoded_pairs
from harness.training.lessons.ranked_rows import RankedOptions, ranked_rows
from harness.training.supervised_lm import Encoded

if TYPE_CHECKING:
    from harness.training.loops.run_trainer import Outcome


class PreferenceLM(PeftLM):
    """Train a LoRA policy on pairs of answers. A subclass names the trainer (`fit_pairs`).

    The policy starts from the run in the role `model`, whose adapter is merged into the weights first. The reference
    model, where a loss has one, is that run too, and not the base model. With a run in the role `judge`, its verdicts
    say which answer of a pair is the better one (RLAIF), and not the data.
    """

    views = ("preferences",)
    row_kind = Preference
    config_class = "LoraConfig"
    options_model = RankedOptions
    optional_parents = ("judge",)
    merges = True

    def examples(self, context: TrainContext, model: LanguageModel) -> Encoded:
        """The budget's number of pairs.

        Raises:
            RunFailed: the domain has no pairs, or the two answers of a pair are the same.
        """
        rows, facts = ranked_rows(context.rows(Preference, self.views, "train"), context)
        pairs = encoded_pairs(rows, model, max_length=context.budget.max_length)
        answers = sum(len(pair.chosen) + len(pair.rejected) for pair in pairs)
        return Encoded(
            pairs,
            tokens=answers + sum(2 * len(pair.prompt) for pair in pairs),
            supervised_tokens=answers,
            truncated=sum(pair.truncated for pair in pairs),
            notes={
                "chosen_is_longer": sum(len(pair.chosen) > len(pair.rejected) for pair in pairs) / len(pairs),
                **facts,
            },
        )

    def fit(self, model: Any, tokenizer: Any, examples: Sequence[Any], context: TrainContext) -> Outcome:
        """Train the policy in place and remove the reference adapter, which is no part of the result.

        Raises:
            RunFailed: the loss is not finite, or trl refuses the settings.
        """
        outcome = self.fit_pairs(model, tokenizer, examples, context)
        drop_reference(model)
        return outcome

    @abstractmethod
    def fit_pairs(self, model: Any, tokenizer: Any, pairs: Sequence[EncodedPair], context: TrainContext) -> Outcome:
        """Train the policy in place.

        Raises:
            RunFailed: as `fit`.
        """
