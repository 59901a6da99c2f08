"""trl's trainers of preferences on pairs that are tokenised already.

The trainers would tokenise texts themselves, each by rules of its own: some add a second end token, some drop pairs
whose prompt is long without a word. Here all of them read the same tokens.

Import this module only to train: it loads torch, transformers and trl.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

os.environ["TRL_EXPERIMENTAL_SILENCE"] = "1"  # the experimental trainers are pinned; their warning says nothing new

from datasets import Dataset
from transformers import Trainer, TrainingArguments
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer
from trl.experimental.cpo import CPOConfig, CPOTrainer
from trl.experimental.orpo import ORPOConfig, ORPOTrainer

from harness.models.encoding.encoded import IGNORED
from harness.training.contract import TrainContext
from harness.training.lessons.preference_pairs import EncodedPair, RatedAnswer
from harness.training.loops.alignment.length_groups import in_length_groups
from harness.training.loops.alignment.tokenised import run_tokenised
from harness.training.loops.arguments import on_one_gpu, optimizer_steps, shared_arguments
from harness.training.loops.run_trainer import Outcome
from harness.training.refusals.library_refusal import library_refusal

Arguments = TypeVar("Arguments", bound=TrainingArguments)


class _TokenisedDPO(DPOTrainer):  # type: ignore[misc]
    def _prepare_dataset(self, dataset: Dataset, *args: Any, **kwargs: Any) -> Dataset:
        return dataset


class _TokenisedKTO(KTOTrainer):  # type: ignore[misc]
    def _prepare_dataset(self, dataset: Dataset, *args: Any, **kwargs: Any) -> Dataset:
        return dataset


class _TokenisedORPO(ORPOTrainer):  # type: ignore[misc]
    def tokenize_row(self, feature: dict[str, Any], model: Any = None) -> dict[str, Any]:
        return _sequences(feature)


class _TokenisedCPO(CPOTrainer):  # type: ignore[misc]
    def tokenize_row(self, feature: dict[str, Any], model: Any = None) -> dict[str, Any]:
        return _sequences(feature)


def run_dpo(
    model: Any, tokenizer: Any, pairs: Sequence[EncodedPair], *, context: TrainContext, **settings: Any
) -> Outcome:
    """Direct preference optimisation in place; `settings` go to trl's DPOConfig.

    Raises:
        RunFailed: the loss is not finite, or trl refuses the settings.
    """
    ordered = _ordered(pairs, context)
    columns = {
        "prompt_ids": [pair.prompt for pair in ordered],
        "chosen_ids": [pair.chosen for pair in ordered],
        "rejected_ids": [pair.rejected for pair in ordered],
    }
    return _run(_TokenisedDPO, DPOConfig, model, tokenizer, columns, context=context, **settings)


def run_kto(
    model: Any, tokenizer: Any, answers: Sequence[RatedAnswer], *, context: TrainContext, **settings: Any
) -> Outcome:
    """Kahneman-Tversky optimisation in place, in the given order; `settings` go to trl's KTOConfig.

    The mean reward of a batch is compared with that of mismatched pairs, in which each prompt has the answer of its
    neighbour in the batch. So the order is kept, and a last batch that is not full is left out.

    Raises:
        RunFailed: as `run_dpo`.
    """
    size = context.settings.per_device_train_batch_size
    batches = [answers[start : start + size] for start in range(0, len(answers), size)]
    columns: dict[str, list[Any]] = {
        "prompt_ids": [one.prompt for one in answers],
        "completion_ids": [one.answer for one in answers],
        "KL_completion_ids": [batch[place - 1].answer for batch in batches for place in range(len(batch))],
        "label": [one.desirable for one in answers],
    }
    return _run(
        _TokenisedKTO,
        KTOConfig,
        model,
        tokenizer,
        columns,
        context=context,
        dataloader_drop_last=True,
        **settings,
    )


def run_orpo(
    model: Any, tokenizer: Any, pairs: Sequence[EncodedPair], *, context: TrainContext, **settings: Any
) -> Outcome:
    """Odds-ratio preference optimisation in place; `settings` go to trl's ORPOConfig.

    Raises:
        RunFailed: as `run_dpo`.
    """
    columns = _pair_columns(_ordered(pairs, context))
    return _run(_TokenisedORPO, ORPOConfig, model, tokenizer, columns, context=context, **settings)


def run_simpo(
    model: Any, tokenizer: Any, pairs: Sequence[EncodedPair], *, context: TrainContext, **settings: Any
) -> Outcome:
    """Simple preference optimisation in place; `settings` go to trl's CPOConfig.

    Raises:
        RunFailed: as `run_dpo`.
    """
    own = {"loss_type": "simpo", "cpo_alpha": 0.0}  # without CPO's cross-entropy term
    columns = _pair_columns(_ordered(pairs, context))
    return _run(_TokenisedCPO, CPOConfig, model, tokenizer, columns, context=context, **own, **settings)


def _run(
    kind: type[Trainer],
    config: Callable[..., Arguments],
    model: Any,
    tokenizer: Any,
    columns: dict[str, list[Any]],
    *,
    context: TrainContext,
    **settings: Any,
) -> Outcome:
    """Train on the rows of the columns in their order, in every epoch."""
    dataset = Dataset.from_dict(columns)
    steps = optimizer_steps(context, examples=len(dataset))
    with library_refusal("trl"):
        arguments = on_one_gpu(
            config(
                **shared_arguments(context, steps=steps),
                max_length=context.budget.max_length,
                train_sampling_strategy="sequential",
                **settings,
            )
        )

    return run_tokenised(kind, model, tokenizer, dataset, arguments=arguments, context=context)


def _ordered(pairs: Sequence[EncodedPair], context: TrainContext) -> list[EncodedPair]:
    size = context.settings.per_device_train_batch_size
    return in_length_groups(pairs, batch_size=size, seed=context.seed)


def _pair_columns(pairs: Sequence[EncodedPair]) -> dict[str, list[Any]]:
    """Texts are empty: the trainers look for these columns, and `_sequences` reads the tokens."""
    empty = [""] * len(pairs)
    return {
        "prompt": empty,
        "chosen": empty,
        "rejected": empty,
        "prompt_ids": [pair.prompt for pair in pairs],
        "chosen_ids": [pair.chosen for pair in pairs],
        "rejected_ids": [pair.rejected for pair in pairs],
    }


def _sequences(row: dict[str, Any]) -> dict[str, list[int]]:
    """The columns of trl's collator for pairs: whole sequences, with labels on the answers alone."""
    prompt = row["prompt_ids"]
    columns = {"prompt_input_ids": prompt, "prompt_attention_mask": [1] * len(prompt)}
    for name in ("chosen", "rejected"):
        answer = row[f"{name}_ids"]
        columns[f"{name}_input_ids"] = prompt + answer
        columns[f"{name}_attention_mask"] = [1] * (len(prompt) + len(answer))
        columns[f"{name}_labels"] = [IGNORED] * len(prompt) + answer
    return columns
