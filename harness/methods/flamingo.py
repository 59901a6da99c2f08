"""Flamingo: gated layers that look at a picture, between the frozen layers of a language model."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from harness.errors import RunFailed
from harness.items.media import MediaKind
from harness.models.loaded import LanguageModel
from harness.models.towers.tower_roles import VISION_TOWER, TowerRole
from harness.training.contract import LoadContext, TrainContext
from harness.training.media.tower_reader import TowerReader
from harness.training.media.towers import TUNED
from harness.training.method_options import MethodOptions

if TYPE_CHECKING:
    from torch import nn

    from harness.models.media_tokens.features import FileReader
    from harness.models.media_tokens.media_language_model import MediaLanguageModel
    from harness.models.towers.tower import Tower
    from harness.training.loops.run_trainer import Outcome


class FlamingoOptions(MethodOptions):
    """Sizes of what is added."""

    latents: int = Field(default=8, ge=1, le=256)
    """Vectors that the resampler makes of a picture."""
    depth: int = Field(default=1, ge=1, le=12)
    """Layers of the resampler."""


class Flamingo(TowerReader):
    """Gated cross-attention in a frozen language model (Flamingo: Alayrac et al. 2022, arXiv 2204.14198).

    What it optimises: cross-entropy of the answer's tokens, over a perceiver resampler (picture -> 8 latents) and a
        gated block before every fifth layer. The gates tanh(0) = 0 make the untrained model the base itself. The
        language model is frozen.
    Data: `classify` questions with one picture.
    Cost: forward and backward passes of the language model, without gradients of its weights. A picture takes no
        tokens.
    Use it: where the language model must stay as it is for text: without a picture its answers are exactly the base's.
    Not for: small data. Its authors trained on millions of pictures; a few hundred show that the mechanism works, and
        no more.
    Related: `multimodal/llava` writes the picture into the prompt. There, every layer reads it.
    How files are found: the ids of a prompt's tokens say which picture they look at, so a key-value cache and shared
        beginnings need no further state. The tokens of an answer do not look at the picture; they read what the
        prompt's tokens saw.
    Options: `latents`, `depth`.
    Example: `python -m harness train multimodal/flamingo --domain shapes_vqa --seed 0`
    """

    saved_as = "flamingo"
    optional_parents = (TUNED,)
    media_kinds: ClassVar[frozenset[MediaKind]] = frozenset({"image"})
    towers: ClassVar[tuple[TowerRole, ...]] = (VISION_TOWER,)
    options_model = FlamingoOptions
    block_every = 5

    def wrapped(
        self, start: LanguageModel, reader: FileReader | Tower, context: LoadContext | None = None
    ) -> MediaLanguageModel:
        """See `MediaLM`."""
        from harness.models.media_tokens.features import FeatureStore
        from harness.models.media_tokens.gated_attention import MarkedInput
        from harness.models.media_tokens.media_ids import MediaIds
        from harness.models.media_tokens.media_language_model import MarkedLanguageModel

        vocabulary = int(start.model.get_input_embeddings().num_embeddings)
        ids = MediaIds(vocabulary, span=vocabulary)
        MarkedInput(start.model, FeatureStore(reader), ids, kinds=self.media_kinds)
        return MarkedLanguageModel.of(start)

    def asking(self, model: Any, tokenizer: Any) -> MediaLanguageModel:
        """See `MediaLM`."""
        from harness.models.media_tokens.media_language_model import MarkedLanguageModel

        return MarkedLanguageModel(model, tokenizer)

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """Freeze the model and add resampler and blocks.

        Raises:
            RunFailed: the model has no list of layers.
        """
        model.requires_grad_(False)
        if next(model.parameters()).is_meta:
            self._plan(model, context)
        else:
            self._add(model, context)
        return model

    def fit(self, model: Any, tokenizer: Any, examples: Any, context: TrainContext) -> Outcome:
        """Train what was added.

        Raises:
            RunFailed: the loss is not finite, or a library refuses the settings.
        """
        from harness.training.loops.media_loop import run_media_sft

        return run_media_sft(model, tokenizer, examples, context=context)

    def save(self, model: Any, folder: Path, *, base_name: str | None) -> None:
        """Save what was added."""
        self.save_media(model, folder)

    def load(self, context: LoadContext) -> LanguageModel:
        """The base with what was learnt.

        Raises:
            DataError: base or tower are not those of the training.
        """
        start = self.start(context)
        started = time.perf_counter()
        self._add(start.model, context)
        self.load_media(start.model, context)
        return start.with_adapter(start.model.eval(), seconds=time.perf_counter() - started)

    def _add(self, model: Any, context: LoadContext) -> None:
        from harness.models.media_tokens.gated_attention import MarkedInput
        from harness.models.media_tokens.shown import shown_to
        from harness.models.towers.tower import Tower

        shown = shown_to(model)
        assert isinstance(shown, MarkedInput)
        assert isinstance(shown.store.reader, Tower)
        resampler, blocks, layers = self._made(model, shown.store.reader, context)
        shown.add_parts(model, resampler=resampler, blocks=blocks)
        shown.look(resampler, list(blocks), layers)

    def _plan(self, model: Any, context: LoadContext) -> None:
        """A memory plan's model; the tower is EfficientNet-Lite0."""
        from harness.models.media_tokens.planned import plan_gated_attention
        from harness.models.towers.efficientnet_lite0 import EfficientNet

        tower = EfficientNet().requires_grad_(False)
        resampler, blocks, layers = self._made(model, tower, context)
        plan_gated_attention(model, resampler, blocks, layers, shape=(tower.places, tower.width), tower=tower)

    def _made(self, model: Any, tower: Tower, context: LoadContext) -> tuple[nn.Module, nn.ModuleList, list[nn.Module]]:
        """Resampler, blocks, and the layers before which the blocks work."""
        from torch import nn

        from harness.models.media_tokens.gated_attention import GatedAttention, Resampler, decoder_layers

        options, hidden = FlamingoOptions.of(context.recipe), int(model.config.get_text_config().hidden_size)
        found = decoder_layers(model)
        if found is None:
            raise RunFailed(f"refused: {type(model).__name__} has no list of layers to look at pictures between")
        layers = list(found)[:: self.block_every]
        resampler = Resampler(tower.width, hidden, places=tower.places, latents=options.latents, depth=options.depth)
        return resampler, nn.ModuleList(GatedAttention(hidden) for _ in layers), layers
