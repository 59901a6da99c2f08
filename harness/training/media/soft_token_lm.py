"""Files as soft tokens: an encoder learns to write what a frozen reader sees in the language of word embeddings."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from harness.items.rows import Question
from harness.models.encoding.encoded import Example
from harness.models.loaded import LanguageModel
from harness.training.adapters.peft_lm import PeftLM
from harness.training.contract import LoadContext, TrainContext
from harness.training.media.media_lm import MediaLM
from harness.training.method_options import MethodOptions
from harness.training.supervised_lm import Encoded

if TYPE_CHECKING:
    from torch import nn

    from harness.models.media_tokens.features import FileReader
    from harness.models.media_tokens.media_language_model import MediaLanguageModel
    from harness.models.towers.tower import Tower
    from harness.training.loops.run_trainer import Outcome

CAPTIONS = "captions"
"""View of domains with captions: what a file shows, in words."""


class SoftTokenOptions(MethodOptions):
    """The two stages of the training."""

    align_epochs: float = Field(default=1.0, ge=0)
    """Passes in which the encoder learns alone, before LoRA learns too; 0: no such stage."""
    align_rate: float = Field(default=1e-3, gt=0, le=10)
    """Learning rate of these passes. `run.train.learning_rate` is that of the second stage, for encoder and LoRA."""
    warm_start: bool = True
    """Whether the encoder starts from a ridge regression to the words of the captions or, without captions, of the
    answers (`harness/models/media_tokens/warm_start.py`); else from random weights."""


class SoftTokenLM(MediaLM, PeftLM):
    """Soft tokens and LoRA, in two stages as LLaVA: first the encoder learns alone, so that LoRA does not adapt the
    model to noise. A subclass says which encoder."""

    config_class = "LoraConfig"
    merges = True
    options_model = SoftTokenOptions
    after_text: ClassVar[bool] = False
    """Whether soft tokens stand behind the text of the question. Where all questions have the same text, as in tables,
    that text is then computed once per batch."""

    @abstractmethod
    def tokens(self, reader: FileReader | Tower, context: LoadContext | None) -> int:
        """Soft tokens per file."""

    @abstractmethod
    def encoder(self, model: Any, reader: FileReader | Tower, context: LoadContext) -> nn.Module:
        """The module that learns: (files, places, width) -> (files, tokens, hidden). `model`: the language model."""

    @abstractmethod
    def planned_reader(self) -> FileReader | Tower:
        """A reader of usual sizes, for memory plans."""

    def wrapped(
        self, start: LanguageModel, reader: FileReader | Tower, context: LoadContext | None = None
    ) -> MediaLanguageModel:
        """See `MediaLM`."""
        from harness.models.media_tokens.features import FeatureStore
        from harness.models.media_tokens.media_ids import MediaIds
        from harness.models.media_tokens.media_language_model import MediaLanguageModel
        from harness.models.media_tokens.shown import SoftInput

        vocabulary = int(start.model.get_input_embeddings().num_embeddings)
        ids = MediaIds(vocabulary, span=self.tokens(reader, context))
        store = FeatureStore(reader)
        SoftInput(start.model, store, ids, kinds=self.media_kinds, after_text=self.after_text)
        return MediaLanguageModel.of(start)

    def asking(self, model: Any, tokenizer: Any) -> MediaLanguageModel:
        """See `MediaLM`."""
        from harness.models.media_tokens.media_language_model import MediaLanguageModel

        return MediaLanguageModel(model, tokenizer)

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """Put LoRA on the model, then the encoder.

        Raises:
            RunFailed: peft refuses the configuration.
        """
        if next(model.parameters()).is_meta:
            return self._planned(model, context)
        from harness.models.media_tokens.shown import shown_to

        encoder = self.encoder(model, shown_to(model).store.reader, context)
        adapted = super().adapt(model, context)
        self._put_on(adapted, encoder)
        return adapted

    def fit(self, model: Any, tokenizer: Any, examples: Sequence[Any], context: TrainContext) -> Outcome:
        """Both stages.

        Raises:
            RunFailed: the loss is not finite, or a library refuses the settings.
        """
        from harness.models.media_tokens.shown import PARTS
        from harness.training.loops.media_loop import Stage, run_stages

        options = self._options(context)
        asking = self.asking(model, tokenizer)
        if options.warm_start:
            with context.phases("warm_start"):
                self._warm_start(model, asking, context)
        learns = [parameter for parameter in model.parameters() if parameter.requires_grad]
        encoder = list(getattr(model, PARTS)["encoder"].parameters())
        shown = self._alignment(asking, context) or examples
        first = Stage("align", shown, encoder, options.align_epochs, options.align_rate)
        second = Stage("answer", examples, learns, context.budget.epochs, context.settings.learning_rate)
        return run_stages(model, tokenizer, [first, second] if options.align_epochs else [second], context=context)

    def examples(self, context: TrainContext, model: LanguageModel) -> Encoded:
        """The questions of the second stage. The tokens of both stages are counted.

        Raises:
            RunFailed: a domain has nothing to learn from.
        """
        found, options = super().examples(context, model), self._options(context)
        first = self._alignment(model, context) or list(found.examples)
        share = options.align_epochs / context.budget.epochs  # the record multiplies by the budget's epochs
        supervised = sum(len(one.answer) for one in first)
        return Encoded(
            found.examples,
            tokens=found.tokens + round(share * (supervised + sum(len(one.prompt) for one in first))),
            supervised_tokens=found.supervised_tokens + round(share * supervised),
            truncated=found.truncated,
            notes={**found.notes, "aligned_on": len(first) if options.align_epochs else 0},
        )

    def _alignment(self, model: LanguageModel, context: TrainContext) -> list[Example]:
        """Captions for the first stage, as many as the budget has examples; none where a domain has no captions."""
        views = [domain.count(CAPTIONS, "train") for domain in context.domains]
        if not all(views):
            return []
        questions = context.rows(Question, (CAPTIONS,), "train")
        length = context.budget.max_length
        return [model.encode_example(question, max_length=length) for question in questions]

    def _described(self, context: TrainContext) -> list[Question]:
        """Questions whose answers describe their files: captions, or else the questions to learn."""
        views = (CAPTIONS,) if all(domain.count(CAPTIONS, "train") for domain in context.domains) else self.views
        return [question for question in context.rows(Question, views, "train") if len(question.media) == 1]

    def _warm_start(self, model: Any, asking: MediaLanguageModel, context: TrainContext) -> None:
        from harness.models.media_tokens.media_ids import key_of
        from harness.models.media_tokens.shown import PARTS, shown_to
        from harness.models.media_tokens.warm_start import telling_words, warm_start

        described, store = self._described(context), shown_to(model).store
        if not described:
            return
        for question in described:
            store.add(question.media[0])
        vectors = store.vectors([key_of(question.media[0]) for question in described])
        answers = [asking.encode_example(one, max_length=context.budget.max_length).answer for one in described]
        encoder = getattr(model, PARTS)["encoder"]
        warm_start(encoder, encoder.solved, vectors, telling_words(model, answers))

    def save(self, model: Any, folder: Path, *, base_name: str | None) -> None:
        """Save adapter and encoder."""
        super().save(model, folder, base_name=base_name)
        self.save_media(model, folder)

    def load_unmerged(self, context: LoadContext) -> LanguageModel:
        """Adapter and encoder on the model they were trained on, not merged.

        Raises:
            DataError: base or tower are not those of the training.
        """
        from harness.models.media_tokens.shown import shown_to

        loaded = super().load_unmerged(context)
        started = time.perf_counter()
        self._put_on(loaded.model, self.encoder(loaded.model, shown_to(loaded.model).store.reader, context))
        self.load_media(loaded.model, context)
        loaded.adapter_seconds = (loaded.adapter_seconds or 0) + time.perf_counter() - started
        return loaded

    def _put_on(self, model: Any, encoder: nn.Module) -> None:
        from harness.models.media_tokens.shown import SoftInput, shown_to

        shown = shown_to(model)
        assert isinstance(shown, SoftInput)
        shown.add_parts(model, encoder=encoder)
        shown.encoder = encoder

    def _planned(self, model: Any, context: TrainContext) -> Any:
        """The adapted model of a memory plan."""
        from harness.models.media_tokens.planned import plan_soft_tokens
        from harness.models.towers.tower import Tower

        reader = self.planned_reader()
        encoder = self.encoder(model, reader, context)
        adapted = super().adapt(model, context)
        tower = reader.requires_grad_(False) if isinstance(reader, Tower) else None
        plan_soft_tokens(adapted, encoder, shape=self.shape(reader), tower=tower)
        return adapted

    @abstractmethod
    def shape(self, reader: FileReader | Tower) -> tuple[int, int]:
        """(places, width) of the vectors that the reader gives."""

    def _options(self, context: TrainContext) -> SoftTokenOptions:
        options = self.options_model.of(context.recipe)
        assert isinstance(options, SoftTokenOptions)
        return options
