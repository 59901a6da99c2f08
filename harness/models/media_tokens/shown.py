"""Files in a language model: hooks at the layer that looks up token ids, and modules that learn.

The model's classes and the names of its weights stay as they are, and a text without files is computed exactly as
before.

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import Any

import torch
from torch import nn

from harness.items.media import MediaKind
from harness.models.media_tokens.features import FeatureStore
from harness.models.media_tokens.media_ids import MediaIds
from harness.models.towers.tower import Tower

PARTS = "media_parts"
"""Name of the learnt modules on the model: `model.media_parts.encoder`."""
HELD = "media_shown"
"""Name of the `Shown` on the model."""


class Shown(ABC):
    """How one model is shown files. It hangs on the layer of the input embeddings."""

    def __init__(
        self,
        model: Any,
        store: FeatureStore,
        ids: MediaIds,
        *,
        kinds: Collection[MediaKind],
        after_text: bool = False,
    ) -> None:
        """Hang on the model.

        `model`: a causal language model of transformers, without an adapter. `after_text`: ids of files stand behind
        the text of their question instead of before it. Where every question has the same text, that text is then
        computed once for all of them.
        """
        self.store, self.ids, self.kinds, self.after_text = store, ids, frozenset(kinds), after_text
        setattr(model, HELD, self)
        layer = model.get_input_embeddings()
        layer.register_forward_pre_hook(self._before)
        layer.register_forward_hook(self._after)

    def add_parts(self, model: Any, **parts: nn.Module) -> nn.ModuleDict:
        """Put the modules that learn, and a tower, on the model, so that optimisers and devices find them.

        `model` may have an adapter: it is put on first, so that it does not wrap the linear layers of these modules.
        """
        reader = self.store.reader
        tower = {"tower": reader} if isinstance(reader, Tower) else {}
        made = nn.ModuleDict({**parts, **tower})
        inner = model.get_base_model() if hasattr(model, "get_base_model") else model
        inner.add_module(PARTS, made.to(model.device))
        return made

    @abstractmethod
    def _before(self, layer: Any, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...] | None:
        """Replace ids above the vocabulary."""

    def _after(self, layer: Any, inputs: Any, words: torch.Tensor) -> torch.Tensor | None:
        """Replace embeddings."""
        return None


class SoftInput(Shown):
    """Vectors in place of word embeddings:

        ids     1  4406  [V+7] [V+8]  318 ...
                  |        |
        words  embedding   encoder(vectors of the file)

    Gradients reach the encoder.
    """

    encoder: nn.Module | None = None
    _asked: tuple[torch.Tensor, torch.Tensor] | None = None

    def _before(self, layer: Any, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...] | None:
        ids = inputs[0]
        beyond = ids >= self.ids.vocabulary
        if not bool(beyond.any()):
            return None
        self._asked = (ids, beyond)
        return (ids.masked_fill(beyond, 0),)

    def _after(self, layer: Any, inputs: Any, words: torch.Tensor) -> torch.Tensor | None:
        if self._asked is None:
            return None
        (ids, beyond), self._asked = self._asked, None
        if self.encoder is None:
            raise ValueError("a file was shown to a model that has no encoder yet")
        wanted = ids[beyond] - self.ids.vocabulary
        keys, place = torch.unique(wanted // self.ids.span, return_inverse=True)
        vectors = self.store.vectors(keys.tolist()).to(words.device)
        soft = self.encoder(vectors)[place, wanted % self.ids.span]
        return words.index_put((beyond,), soft.to(words.dtype))


def shown_to(model: Any) -> Shown:
    """The `Shown` that hangs on a model, with an adapter or without.

    Raises:
        AttributeError: none does.
    """
    found: Shown = getattr(model, HELD)
    return found


def learnt_parts(model: Any) -> dict[str, torch.Tensor]:
    """The weights of the modules of `add_parts` by name, without those of the tower, which does not learn."""
    parts: nn.ModuleDict = getattr(model, PARTS)
    return {
        f"{name}.{weight}": value.detach().cpu().contiguous()
        for name, part in parts.items()
        if name != "tower"
        for weight, value in part.state_dict().items()
    }


def load_parts(model: Any, state: dict[str, torch.Tensor]) -> None:
    """Put the weights of `learnt_parts` back.

    Raises:
        RuntimeError: a weight is missing, or has another name or shape.
    """
    parts: nn.ModuleDict = getattr(model, PARTS)
    for name, part in parts.items():
        if name != "tower":
            begin = f"{name}."
            own = {key.removeprefix(begin): value for key, value in state.items() if key.startswith(begin)}
            part.load_state_dict(own)
