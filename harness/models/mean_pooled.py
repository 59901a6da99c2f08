"""Text vectors from any language model: the mean of its last hidden states."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from harness.errors import RunFailed
from harness.models.loaded import EmbeddingModel, LanguageModel, LoadedModel

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class MeanPooled(EmbeddingModel):
    """A text's vector is the mean, over its tokens, of the states after the model's last layer, scaled to length 1.
    For an encoder-decoder it is the encoder's last layer, as in Sentence-T5 (Ni et al. 2021, arXiv 2108.08877).

    The model reads the text alone, without chat template, instruction or examples. This is the usual way to get vectors
    from a model that was trained to write, and a weak one: vectors of different texts point in similar directions, so
    that only the order of their similarities is informative (Ethayarajh 2019, arXiv 1909.00512). Use the scores to
    compare recipes.
    """

    def __init__(self, language_model: LanguageModel) -> None:
        self.model, self.tokenizer = language_model.model, language_model.tokenizer
        self._inner = self.model.get_base_model() if hasattr(self.model, "get_base_model") else self.model
        self._limit = language_model.max_length
        encoder = self._inner.get_encoder() if language_model.role.encoder_decoder else None
        self._reader = encoder or self.model  # an adapter's layers are inside the encoder
        self._backbone = encoder or self._inner.base_model

    def embed(self, texts: Sequence[str], *, batch_size: int = 32) -> npt.NDArray[np.float32]:
        """Texts of similar length share a batch, the longest first: if memory does not suffice, that shows at once.

        Raises:
            RunFailed: a hidden state is not finite.
        """
        import numpy as np
        import torch

        rows = self._tokens(texts)
        order = sorted(range(len(rows)), key=lambda place: (-len(rows[place]), place))
        vectors = np.zeros((len(rows), self._inner.config.get_text_config().hidden_size), dtype=np.float32)
        with torch.inference_mode(), _last_states(self._backbone) as states:
            for start in range(0, len(order), batch_size):
                places = order[start : start + batch_size]
                vectors[places] = self._means([rows[place] for place in places], states)
        if not np.isfinite(vectors).all():
            raise RunFailed("the model's hidden states are not finite numbers")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: npt.NDArray[np.float32] = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
        return unit

    def cut(self, texts: Sequence[str]) -> int:
        """How many texts have more tokens than the model has positions."""
        return sum(len(row) > self._limit for row in self.tokenizer(list(texts))["input_ids"]) if texts else 0

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """The first tokens of each text: at least one, at most as many as the model reads."""
        known = (self.tokenizer.bos_token_id, self.tokenizer.eos_token_id, self.tokenizer.pad_token_id, 0)
        empty = [next(token for token in known if token is not None)]
        rows = self.tokenizer(list(texts))["input_ids"] if texts else []
        return [list(row[: self._limit]) or empty for row in rows]

    def _means(self, rows: Sequence[Sequence[int]], states: list[Any]) -> Any:
        import torch

        longest = max(map(len, rows))
        ids = torch.zeros(len(rows), longest, dtype=torch.long)
        mask = torch.zeros(len(rows), longest, dtype=torch.long)
        for place, row in enumerate(rows):  # padding on the right, which causal attention never looks at
            ids[place, : len(row)] = torch.tensor(row)
            mask[place, : len(row)] = 1
        takes = inspect.signature(self._inner.forward).parameters if self._reader is self.model else {}
        device = self.model.device
        self._reader(
            input_ids=ids.to(device),
            attention_mask=mask.to(device),
            **({"logits_to_keep": 1} if "logits_to_keep" in takes else {}),  # the logits are not used
        )
        hidden = states.pop()[:, -longest:].float()  # prompt learning puts its own positions before the text
        weights = mask.to(hidden.device).unsqueeze(-1)
        return ((hidden * weights).sum(1) / weights.sum(1)).cpu().numpy()


def as_embedder(model: LoadedModel) -> EmbeddingModel:
    """The model itself if it is an embedding model; for a language model its mean-pooled states.

    Raises:
        TypeError: the model is of another kind.
    """
    if isinstance(model, EmbeddingModel):
        return model
    if isinstance(model, LanguageModel):
        return MeanPooled(model)
    raise TypeError(f"{type(model).__name__} does not produce embeddings")


@contextmanager
def _last_states(backbone: Any) -> Iterator[list[Any]]:
    """A list to which every call of the model adds its last hidden states, shape (batch, positions, hidden).

    `output_hidden_states` would return those of all layers, which takes 31 times the memory for SmolLM2.
    """
    caught: list[Any] = []
    hook = backbone.register_forward_hook(lambda module, args, output: caught.append(output[0]))
    try:
        yield caught
    finally:
        hook.remove()
