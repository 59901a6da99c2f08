"""Supervised fine-tuning of a language model: all that full fine-tuning and its cheaper cousins share."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from harness.errors import RunFailed
from harness.items.rows import Question
from harness.models.chat import render
from harness.models.encoder_decoder import decoder_start, prompt_tokens
from harness.models.loaded import LanguageModel
from harness.models.parameter_count import count_parameters
from harness.training.base_identity import write_base
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel, first_view
from harness.training.lesson import Lesson
from harness.training.start import load_start

PROBES = 4
"""Validation prompts whose next-token logits must move."""


class SupervisedLM(Method):
    """Next-token loss on the answer only. A subclass says what is trained and how it is saved."""

    base = "causal_lm"
    views: ClassVar[tuple[str, ...]] = ("classify", "answer")
    needs_train_settings = True
    saved_as: ClassVar[str]
    """Folder below the run's `train/` that takes weights and tokenizer."""
    stands_on_base: ClassVar[bool] = False
    """Whether what is saved works on the very weights only that it was trained on."""

    def before_loading(self, context: TrainContext) -> None:
        """Refuse what can be seen to fail without the model.

        Raises:
            ConfigError, RunFailed: it would.
        """

    def lessons(self, context: TrainContext) -> list[Lesson]:
        """What is shown, in this order before the trainer mixes it: the budget's items of each domain's best view.

        Raises:
            RunFailed: a domain has nothing to learn from.
        """
        views = dict.fromkeys(first_view(domain, self.views) for domain in context.domains)
        return [Lesson(question, "+".join(views)) for question in context.questions(self.views, "train")]

    def probes(self, context: TrainContext) -> list[Question]:
        """Validation questions of which it is checked that the model answers them differently after the training."""
        return context.questions(self.views, "validation")[:PROBES]

    def start(self, context: LoadContext) -> LanguageModel:
        """What the training starts from and a saved adapter is put on."""
        return load_start(context)

    @abstractmethod
    def adapt(self, model: Any, context: TrainContext) -> Any:
        """The model to train, with `requires_grad` set on exactly what learns."""

    @abstractmethod
    def save(self, model: Any, folder: Path, *, base_name: str | None) -> None:
        """Write what was learned as safetensors."""

    def train(self, context: TrainContext) -> TrainedModel:
        """Load, adapt, train, check that something changed, save."""
        from transformers import set_seed

        from harness.training.loops.seq2seq_loop import run_seq2seq
        from harness.training.loops.sft_loop import run_sft

        self.chosen_options(context.recipe)
        self.before_loading(context)
        set_seed(context.seed)
        with context.phases("load"):
            start = self.start(context)
            model, tokenizer = start.model, start.tokenizer
        lessons, probes = self.lessons(context), self.probes(context)
        set_seed(context.seed)
        model = self.adapt(model, context)
        before = probe_logits(
            model, tokenizer, probes
        )  # with the adapter: virtual tokens change much before they learn
        length = context.budget.max_length
        examples = [start.encode_example(one.question, max_length=length, shots=one.shots) for one in lessons]
        apart = start.role.encoder_decoder
        outcome = (run_seq2seq if apart else run_sft)(model, tokenizer, examples, context=context)
        change = largest_change(before, probe_logits(model, tokenizer, probes))
        with context.phases("save"):
            self.save(model, context.folder / self.saved_as, base_name=context.base_name)
            tokenizer.save_pretrained(context.folder / self.saved_as)
            if self.stands_on_base:
                write_base(context, context.folder / self.saved_as)
        trainable, total = count_parameters(model)
        return TrainedModel(
            trainable_parameters=trainable,
            total_parameters=total,
            examples=len(examples),
            steps=outcome.steps,
            tokens=round(sum(len(ids) + apart * len(labels) for ids, labels, _ in examples) * context.budget.epochs),
            supervised_tokens=round(
                sum(label != -100 for _, labels, _ in examples for label in labels) * context.budget.epochs
            ),
            truncated=sum(truncated for _, _, truncated in examples),
            output_change=change,
            curve=outcome.curve,
            notes=mixture(lessons),
        )


def mixture(lessons: Sequence[Lesson]) -> dict[str, dict[str, int]]:
    """For the record, where several tasks were learnt: task -> examples."""
    counts = Counter(lesson.task for lesson in lessons)
    return {"examples_by_task": dict(sorted(counts.items()))} if len(counts) > 1 else {}


def probe_logits(model: Any, tokenizer: Any, probes: Sequence[Question]) -> Any:
    """Logits of the first token after each probe prompt, shape (probes, vocabulary), float32 on the CPU."""
    import torch

    model.eval()
    rows, start = [], decoder_start(model)
    first = {} if start is None else {"decoder_input_ids": torch.tensor([[start]], device=model.device)}
    with torch.inference_mode():
        for probe in probes:
            ids = prompt_tokens(model, tokenizer, render(tokenizer, probe.prompt))
            read = torch.tensor([ids], device=model.device)
            rows.append(model(input_ids=read, **first).logits[0, -1].float().cpu())
    return torch.stack(rows)


def largest_change(before: Any, after: Any) -> float:
    """Largest absolute difference of two logit tables.

    Raises:
        RunFailed: nothing moved, so what would be scored is the base model under another name (a common
            silent error, lm-evaluation-harness #511 and #808); or the logits are not numbers.
    """
    import torch

    if not torch.isfinite(after).all():
        raise RunFailed("diverged: the trained model's outputs are not finite")
    change = float((after - before).abs().max())
    if change == 0:
        raise RunFailed("training changed no output: the trained weights are not in use")
    return change
