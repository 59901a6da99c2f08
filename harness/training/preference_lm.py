"""Fine-tuning of a language model on pairs of a preferred and a rejected answer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from harness.items.prepared import PreparedDomain
from harness.items.rows import Preference
from harness.models.loaded import LanguageModel
from harness.records.raters import RATERS
from harness.training.adapters.reference_adapter import drop_reference
from harness.training.aligned_lm import AlignedLM
from harness.training.contract import TrainContext, first_view
from harness.training.lessons.pair_mix import VIEWS, pairs_to_learn
from harness.training.lessons.preference_pairs import EncodedPair, encoded_pairs
from harness.training.lessons.ranked_rows import RankedOptions, ranked_rows
from harness.training.method_options import MethodOptions
from harness.training.supervised_lm import Encoded

if TYPE_CHECKING:
    from harness.config.recipe import Recipe
    from harness.training.loops.run_trainer import Outcome


class PreferenceLM(AlignedLM):
    """Train a LoRA policy on pairs of answers. A subclass names the trainer (`fit_pairs`).

    The policy starts from the run in the role `model`. The reference model, where a loss has one, is that run too, and
    not the base model. With a run in the role `judge`, its verdicts
    say which answer of a pair is the better one (RLAIF), and not the data.
    """

    views = VIEWS
    row_kind = Preference
    options_model: ClassVar[type[MethodOptions]] = RankedOptions
    optional_parents = ("judge", *RATERS)

    def learns(self, domain: PreparedDomain, recipe: Recipe) -> list[str]:
        """The domain's own questions: a policy is judged by its answers, and not by how it ranks those of others."""
        return [first_view(domain, ("classify", "answer"))]

    def examples(self, context: TrainContext, model: LanguageModel) -> Encoded:
        """The budget's number of pairs.

        Raises:
            RunFailed: the domain has no pairs, or the two answers of a pair are the same.
        """
        options = self.options_model.of(context.recipe)
        assert isinstance(options, RankedOptions)
        chosen, counted = pairs_to_learn(context, options)
        rows, judged = ranked_rows(chosen, context)
        pairs = encoded_pairs(rows, model, max_length=context.budget.max_length)
        answers = sum(len(pair.chosen) + len(pair.rejected) for pair in pairs)
        return Encoded(
            pairs,
            tokens=answers + sum(2 * len(pair.prompt) for pair in pairs),
            supervised_tokens=answers,
            truncated=sum(pair.truncated for pair in pairs),
            notes={
                "chosen_is_longer": sum(len(pair.chosen) > len(pair.rejected) for pair in pairs) / len(pairs),
                **counted,
                **judged,
            },
        )

    def fit(self, model: Any, tokenizer: Any, examples: Sequence[Any], context: TrainContext) -> Outcome:
        """Train the policy in place and remove the reference adapter, which is no part of the result.

        Raises:
            RunFailed: the loss is not finite, or trl refuses the settings.
        """
        outcome = self.fit_pairs(model, tokenizer, examples, context)
        drop_reference(model)
        self.write_report(model, tokenizer, context)
        return outcome

    @abstractmethod
    def fit_pairs(self, model: Any, tokenizer: Any, pairs: Sequence[EncodedPair], context: TrainContext) -> Outcome:
        """Train the policy in place.

        Raises:
            RunFailed: as `fit`.
        """
