"""Fine-tuning of a language model: the steps that all methods share, with a hook for each step that may differ."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from harness.items.rows import Question, Row
from harness.models.loaded import LanguageModel
from harness.models.parameter_count import count_parameters
from harness.training.adapters.base_identity import write_base
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel, first_view
from harness.training.lessons.lesson import Lesson, mixture
from harness.training.master_weights import as_trained, keep_in_float32
from harness.training.output_change import PROBES, Prompted, largest_change, probe_logits
from harness.training.registry import base_role
from harness.training.start import load_start

if TYPE_CHECKING:
    from harness.training.loops.run_trainer import Outcome


@dataclass(frozen=True)
class Encoded:
    """What `fit` trains on, and what the record says about it."""

    examples: Sequence[Any]
    """In the form that the method's `fit` reads."""
    tokens: int
    """Tokens of all examples, read once: prompts and answers."""
    supervised_tokens: int
    """Of these, the tokens that the loss is computed on."""
    truncated: int
    """Number of examples that were cut to the budget's length."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """Further facts for the record."""


class SupervisedLM(Method):
    """Fine-tune a language model and save what was learnt.

        start -> examples -> adapt -> fit -> check that outputs changed -> save

    A subclass says what learns (`adapt`) and how that is saved and loaded (`save`, `load`). By default the loss is
    the cross-entropy of the answers to the domain's questions. A method with another loss, such as DPO, overrides
    `views`, `row_kind`, `examples` (what `fit` reads) and `fit` (which trainer). Progress line, divergence check,
    checkpoints and curve come with `harness.training.loops.run_trainer`.
    """

    base = "causal_lm"
    starts_from: ClassVar[str | None] = "model"
    views: ClassVar[tuple[str, ...]] = ("classify", "answer")
    row_kind: ClassVar[type[Row]] = Question
    """Class of the rows of these views."""
    needs_train_settings = True
    saved_as: ClassVar[str]
    """Folder below the run's `train/` that receives weights and tokenizer."""
    stands_on_base: ClassVar[bool] = False
    """Whether the saved weights only work with the exact base weights that they were trained on."""

    def before_loading(self, context: TrainContext) -> None:
        """Refuse what would fail for a reason that can be seen without the model.

        Raises:
            ConfigError, RunFailed: the training would fail.
        """

    def start(self, context: LoadContext) -> LanguageModel:
        """The model that the training starts from and that a saved adapter is put on."""
        return load_start(context)

    def lessons(self, context: TrainContext) -> list[Lesson]:
        """The questions to learn, before the trainer shuffles them: the budget's number from each domain's best view.

        Raises:
            RunFailed: a domain has nothing to learn from.
        """
        views = dict.fromkeys(first_view(domain, self.views) for domain in context.domains)
        return [Lesson(question, "+".join(views)) for question in context.rows(Question, self.views, "train")]

    def probes(self, context: TrainContext) -> Sequence[Prompted]:
        """Validation rows: the model's answers to their prompts must change through the training."""
        rows: Sequence[Any] = context.rows(self.row_kind, self.views, "validation")
        return rows[:PROBES]

    def outputs(self, model: Any, tokenizer: Any, probes: Sequence[Any]) -> Any:
        """A tensor of what the model answers to the probes, float32 on the CPU. The training must change it."""
        return probe_logits(model, tokenizer, probes)

    def examples(self, context: TrainContext, model: LanguageModel) -> Encoded:
        """What `fit` trains on. `model` is what `start` returned; its weights must not be changed here.

        Raises:
            RunFailed: a domain has nothing to learn from.
        """
        lessons = self.lessons(context)
        length = context.budget.max_length
        examples = [model.encode_example(one.question, max_length=length, shots=one.shots) for one in lessons]
        return Encoded(
            examples,
            tokens=sum(len(one.prompt) + len(one.answer) for one in examples),
            supervised_tokens=sum(len(one.answer) for one in examples),
            truncated=sum(one.truncated for one in examples),
            notes=self.notes(lessons, context),
        )

    def notes(self, lessons: Sequence[Lesson], context: TrainContext) -> dict[str, Any]:
        """Facts about the lessons for the record."""
        return mixture(lessons)

    @abstractmethod
    def adapt(self, model: Any, context: TrainContext) -> Any:
        """The model to train, with `requires_grad` set on exactly what learns. `train` converts that to float32."""

    def fit(self, model: Any, tokenizer: Any, examples: Sequence[Any], context: TrainContext) -> Outcome:
        """Train the adapted model in place, by the supervised loop of its base role.

        Raises:
            RunFailed: the loss is not finite, or a library refuses the settings.
        """
        from harness.training.loops.by_role import LOOPS

        return LOOPS[base_role(context.recipe) or ""](model, tokenizer, examples, context=context)

    @abstractmethod
    def save(self, model: Any, folder: Path, *, base_name: str | None) -> None:
        """Write what was learnt as safetensors."""

    def train(self, context: TrainContext) -> TrainedModel:
        """Run the steps in order and report the facts.

        Raises:
            RunFailed: a step fails for a reason of the run; the board shows it.
        """
        from transformers import set_seed

        from harness.training.loops.attention import attention_for_training

        self.before_loading(context)
        set_seed(context.seed)
        with context.phases("load"):
            start = self.start(context)
        encoded, probes = self.examples(context, start), self.probes(context)
        set_seed(context.seed)
        model = keep_in_float32(self.adapt(start.model, context))
        # probed with the adapter on: virtual tokens change the outputs before they have learnt anything
        with as_trained(context.device):
            before = self.outputs(model, start.tokenizer, probes)
        with attention_for_training(model, context.device):
            outcome = self.fit(model, start.tokenizer, encoded.examples, context)
        with as_trained(context.device):
            change = largest_change(before, self.outputs(model, start.tokenizer, probes))
        with context.phases("save"):
            self._save_all(model, start.tokenizer, context)
        trainable, total = count_parameters(model)
        return TrainedModel(
            trainable_parameters=trainable,
            total_parameters=total,
            examples=len(encoded.examples),
            steps=outcome.steps,
            tokens=round(encoded.tokens * context.budget.epochs),
            supervised_tokens=round(encoded.supervised_tokens * context.budget.epochs),
            truncated=encoded.truncated,
            output_change=change,
            curve=outcome.curve,
            notes=dict(encoded.notes),
        )

    def _save_all(self, model: Any, tokenizer: Any, context: TrainContext) -> None:
        """Weights, tokenizer, and the identity of the base where the weights depend on it."""
        folder = context.folder / self.saved_as
        self.save(model, folder, base_name=context.base_name)
        tokenizer.save_pretrained(folder)
        if self.stands_on_base:
            write_base(context, folder)
