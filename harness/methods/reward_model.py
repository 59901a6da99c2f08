"""A reward model: learn which of two answers people prefer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from harness.items.rows import Preference
from harness.models.encoding.padding import pad_apart_from_end
from harness.models.loaded import LanguageModel
from harness.models.reward_model import RewardModel, as_reward_model, centre
from harness.training.adapters.base_identity import require_same_base
from harness.training.adapters.peft_lm import PeftLM
from harness.training.contract import LoadContext, TrainContext
from harness.training.lessons.pair_mix import VIEWS, held_out, pairs_to_learn
from harness.training.lessons.preference_pairs import EncodedPair, encoded_pairs
from harness.training.lessons.ranked_rows import RankedOptions, ranked_rows
from harness.training.supervised_lm import Encoded

if TYPE_CHECKING:
    from harness.config.recipe import Recipe
    from harness.training.loops.run_trainer import Outcome

NORMALISATION_PAIRS = 64
"""Validation pairs whose mean reward becomes 0."""


class RewardModelling(PeftLM):
    """A reward model of pairwise preferences (Bradley and Terry; Stiennon et al. 2020, arXiv 2009.01325).

    What it optimises: -log sigmoid(reward of the chosen - reward of the rejected answer).
    Data: `preferences`. The reward is read at the answer's end token, as PPO reads it.
    Cost: about twice supervised LoRA per pair; the head is trained in full.
    Use it: as the second step of RLHF, and as a judge of answers.
    Not for: answers unlike those in its pairs; a policy finds them (`rlhf/ppo` is judged by a second reward model too).
    Related: `rlhf/ppo` learns from it; `rlaif/reward` learns from a judge's verdicts.
    Options: `slices`, `half`, `even_at_chance`. With a run in the role `judge`, its verdicts rank the pairs.
    Example: `python -m harness train reward/model --domain hs_products --seed 0`
    """

    views = VIEWS
    row_kind = Preference
    config_class = "LoraConfig"
    options_model = RankedOptions
    optional_parents = ("judge",)
    cannot_be_continued = "it rates answers and writes none"
    fixed: ClassVar[Mapping[str, Any]] = {"modules_to_save": ["score"]}

    def task_type(self, recipe: Recipe) -> str:
        """That of a classifier: one number instead of text."""
        return "SEQ_CLS"

    def examples(self, context: TrainContext, model: LanguageModel) -> Encoded:
        """The budget's number of pairs of the recipe's half.

        Raises:
            RunFailed: the domain has no pairs, or the two answers of a pair are the same.
        """
        chosen, counted = pairs_to_learn(context, RankedOptions.of(context.recipe))
        rows, judged = ranked_rows(chosen, context)
        pairs = encoded_pairs(rows, model, max_length=context.budget.max_length)
        answers = sum(len(pair.chosen) + len(pair.rejected) for pair in pairs)
        return Encoded(
            pairs,
            tokens=answers + sum(2 * len(pair.prompt) for pair in pairs),
            supervised_tokens=2 * len(pairs),  # the end token of each answer
            truncated=sum(pair.truncated for pair in pairs),
            notes={**counted, **judged},
        )

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """The model's body with a new head, and the adapter on it."""
        return super().adapt(as_reward_model(model), context)

    def outputs(self, model: Any, tokenizer: Any, probes: Sequence[Any]) -> Any:
        """Rewards of the probes' chosen answers."""
        import torch

        pairs = encoded_pairs(probes, LanguageModel(model, tokenizer), max_length=10_000)
        return torch.tensor(RewardModel(model, tokenizer).rewards([pair.prompt + pair.chosen for pair in pairs]))

    def fit(self, model: Any, tokenizer: Any, examples: Sequence[EncodedPair], context: TrainContext) -> Outcome:
        """Train in place, then centre the rewards of validation pairs on 0.

        Raises:
            RunFailed: the loss is not finite, or trl refuses the settings.
        """
        from harness.training.loops.alignment.reward_loop import run_reward

        pad_apart_from_end(tokenizer)
        outcome = run_reward(model, tokenizer, examples, context=context)
        rows = held_out(context, RankedOptions.of(context.recipe), NORMALISATION_PAIRS)
        pairs = encoded_pairs(rows, LanguageModel(model, tokenizer), max_length=context.budget.max_length)
        answers = [pair.prompt + answer for pair in pairs for answer in (pair.chosen, pair.rejected)]
        centre(model.get_base_model(), RewardModel(model, tokenizer).rewards(answers))
        return outcome

    def load(self, context: LoadContext) -> RewardModel:  # type: ignore[override]
        """The trained body and head, merged.

        Raises:
            DataError: the base is not the one that the adapter was trained on.
        """
        from peft import PeftModel

        folder = context.folder / self.saved_as
        require_same_base(context, folder)
        start = self.start(context)
        body = as_reward_model(start.model)
        model = PeftModel.from_pretrained(body, folder, local_files_only=True).merge_and_unload()
        return RewardModel(model.eval(), start.tokenizer)
