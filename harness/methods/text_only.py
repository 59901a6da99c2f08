"""LoRA on the questions alone: their pictures, sound or tables are withheld."""

from __future__ import annotations

from typing import ClassVar

from harness.items.media import MediaKind
from harness.methods.lora import Lora
from harness.models.loaded import LanguageModel
from harness.models.rewritten import RewrittenLM, unchanged
from harness.training.contract import LoadContext, TrainContext
from harness.training.media_method import MediaMethod


class TextOnly(MediaMethod, Lora):
    """A blind language model: LoRA (Hu et al. 2021, arXiv 2106.09685) on questions without their files.

    What it optimises: cross-entropy of the answer's tokens, given the question alone.
    Data: `classify` questions; the files are withheld in training and when the model is asked.
    Cost: that of `peft/lora`.
    Use it: as the baseline of every model that reads files. What such a model scores above it comes from the files; the
        rest can be guessed from the wording (Goyal et al. 2017, arXiv 1612.00837).
    Not for: an answer to a question about a picture.
    Related: `multimodal/majority`, which does not read the question either; `multimodal/llava` and its like.
    Recipe: `run.peft` takes the arguments of peft.LoraConfig.
    Example: `python -m harness train multimodal/text_only --domain wine --seed 0`
    """

    media_kinds: ClassVar[frozenset[MediaKind]] = frozenset({"image", "audio", "table"})
    needs_media = False

    def before_loading(self, context: TrainContext) -> None:
        """Refuse what would fail for a reason that can be seen without the model.

        Raises:
            ConfigError, RunFailed: the configuration is wrong.
        """
        self.refuse_media(context)
        super().before_loading(context)

    def start(self, context: LoadContext) -> LanguageModel:
        """The model that may be shown files and does not look at them."""
        return RewrittenLM.of(super().start(context), unchanged, kinds=frozenset(self.media_kinds))
