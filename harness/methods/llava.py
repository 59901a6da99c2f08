"""LLaVA: the fields of a picture as soft tokens of a language model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from harness.items.media import MediaKind
from harness.models.towers.tower_roles import VISION_TOWER, TowerRole
from harness.training.contract import LoadContext
from harness.training.media.soft_token_lm import SoftTokenLM
from harness.training.media.tower_reader import TowerReader
from harness.training.media.towers import TUNED

if TYPE_CHECKING:
    from torch import nn

    from harness.models.media_tokens.features import FileReader
    from harness.models.towers.tower import Tower


class Llava(TowerReader, SoftTokenLM):
    """Visual instruction tuning (LLaVA: Liu et al. 2023, arXiv 2304.08485; projector of LLaVA 1.5, arXiv 2310.03744).

    What it optimises: cross-entropy of the answer's tokens. First over a projector from the fields of a frozen vision
        tower to word embeddings, on captions (`captions`) where the domain has them, then over projector and LoRA, on
        questions.
    Data: `classify` questions with one or more pictures; `captions` for the first stage.
    Cost: that of `peft/lora`, once for each stage, and one pass of the tower per picture. A picture takes 16 tokens.
    Use it: for questions about pictures, where a language model should also answer questions without any.
    Not for: few pictures and fixed answers: `multimodal/tower_logistic` is cheaper.
    Related: `multimodal/flamingo` leaves the language model frozen; `multimodal/clip` tunes the tower that it may
        start from (`init: {tower: multimodal/clip}`).
    Options: `warm_start`, `align_epochs`, `align_rate`. `run.peft` takes the arguments of peft.LoraConfig.
    Example: `python -m harness train multimodal/llava --domain shapes_vqa --seed 0`
    """

    saved_as = "adapter"
    optional_parents = (TUNED,)
    media_kinds: ClassVar[frozenset[MediaKind]] = frozenset({"image"})
    towers: ClassVar[tuple[TowerRole, ...]] = (VISION_TOWER,)

    def tokens(self, reader: FileReader | Tower, context: LoadContext | None) -> int:
        """One per field of the picture."""
        return self.shape(reader)[0]

    def encoder(self, model: Any, reader: FileReader | Tower, context: LoadContext) -> nn.Module:
        """The projector."""
        from harness.models.media_tokens.encoders import Projector, embedding_size

        places, width = self.shape(reader)
        hidden = model.config.get_text_config().hidden_size
        return Projector(width, hidden, places=places, size=embedding_size(model))

    def shape(self, reader: FileReader | Tower) -> tuple[int, int]:
        """(fields, width)."""
        from harness.models.towers.tower import Tower

        assert isinstance(reader, Tower)
        return reader.places, reader.width

    def planned_reader(self) -> FileReader | Tower:
        """EfficientNet-Lite0."""
        from harness.models.towers.efficientnet_lite0 import EfficientNet

        return EfficientNet()
