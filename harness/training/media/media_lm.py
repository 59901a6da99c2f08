"""Fine-tuning of a language model that reads files: the steps that its methods share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from harness.items.rows import Question
from harness.models.loaded import LanguageModel
from harness.models.towers.tower_roles import TowerRole
from harness.training.adapters.base_identity import require_same_base
from harness.training.contract import LoadContext, TrainContext
from harness.training.lessons.lesson import Lesson
from harness.training.media.towers import load_tower_of, require_same_tower
from harness.training.media_method import MediaMethod
from harness.training.start import load_start
from harness.training.supervised_lm import SupervisedLM

if TYPE_CHECKING:
    from harness.models.media_tokens.features import FileReader
    from harness.models.media_tokens.media_language_model import MediaLanguageModel
    from harness.models.towers.tower import Tower

PARTS = "media.safetensors"
"""File of a run: what learnt beside the language model."""


class MediaLM(MediaMethod, SupervisedLM):
    """A language model, a reader of files without anything to learn, and small modules between them that learn.

        file --reader--> vectors --modules that learn--> language model

    A subclass says how files become vectors (`reader`; `TowerReader` has one), how the model is shown them (`wrapped`),
    and what learns (`adapt`).
    """

    stands_on_base = True
    cannot_be_continued = "what reads its files is not part of the language model's weights"
    block_every: ClassVar[int] = 1
    """What it adds to the layers of the model repeats after so many layers. A memory plan counts whole repetitions."""

    def before_loading(self, context: TrainContext) -> None:
        """Refuse what can be refused without the model.

        Raises:
            ConfigError, RunFailed: the training would fail.
        """
        self.refuse_media(context)
        super().before_loading(context)

    @abstractmethod
    def reader(self, context: LoadContext) -> FileReader | Tower:
        """What makes vectors of files. In a training it may be fitted to the training items; later it is what was
        saved.

        Raises:
            DataError: the tower is missing or another one than in training, or a file cannot be read.
        """

    @abstractmethod
    def save_reader(self, reader: Any, folder: Path) -> None:
        """Write what `reader` needs to give the same reader again."""

    def tower_as_trained(self, context: LoadContext, role: TowerRole) -> Tower:
        """The tower of a role; for a finished run, the one that it learnt with.

        Raises:
            DataError: the tower is missing or another one than in training.
        """
        found, folder = load_tower_of(context, role), context.folder / self.saved_as
        if (folder / PARTS).is_file():
            require_same_tower(found, folder)
        return found

    @abstractmethod
    def wrapped(
        self, start: LanguageModel, reader: FileReader | Tower, context: LoadContext | None = None
    ) -> MediaLanguageModel:
        """The model that is shown files. Nothing learns yet."""

    @abstractmethod
    def asking(self, model: Any, tokenizer: Any) -> MediaLanguageModel:
        """What encodes questions with files for a model of `wrapped`, with an adapter or without."""

    def start(self, context: LoadContext) -> LanguageModel:
        """The base, ready for the modules that `adapt` or `load` adds."""
        return self.wrapped(load_start(context), self.reader(context), context)

    def training_files(self, context: TrainContext) -> list[Path]:
        """The files that the training items of the budget show, each once."""
        shown = (media.file for question in context.rows(Question, self.views, "train") for media in question.media)
        return list(dict.fromkeys(shown))

    def outputs(self, model: Any, tokenizer: Any, probes: Sequence[Any]) -> Any:
        """Logits of the first answer token of each probe, which is asked with its files: shape (probes, vocabulary)."""
        import torch

        asking, rows = self.asking(model, tokenizer), []
        model.eval()
        with torch.inference_mode():
            for probe in probes:
                read = torch.tensor([asking.encode_prompt(probe, view="").tokens], device=model.device)
                rows.append(model(input_ids=read).logits[0, -1].float().cpu())
        return torch.stack(rows)

    def notes(self, lessons: Sequence[Lesson], context: TrainContext) -> dict[str, Any]:
        """Facts about the lessons for the record."""
        shown = {media.sha256 for lesson in lessons for media in lesson.question.media}
        return {**super().notes(lessons, context), "files": len(shown)}

    def save_media(self, model: Any, folder: Path) -> None:
        """Save what learnt beside the language model, and how files were read."""
        from safetensors.torch import save_file

        from harness.models.media_tokens.shown import learnt_parts, shown_to

        folder.mkdir(parents=True, exist_ok=True)
        save_file(learnt_parts(model), folder / PARTS)
        self.save_reader(shown_to(model).store.reader, folder)

    def load_media(self, model: Any, context: LoadContext) -> None:
        """Put the weights back that `save_media` wrote.

        Raises:
            DataError: they were learnt on another base.
        """
        from safetensors.torch import load_file

        from harness.models.media_tokens.shown import load_parts

        folder = context.folder / self.saved_as
        require_same_base(context, folder)
        load_parts(model, load_file(folder / PARTS))
