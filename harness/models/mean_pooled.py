"""Any language model as an encoder of texts: the mean of its last hidden states."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from harness.errors import RunFailed
from harness.models.encoder_decoder import is_encoder_decoder
from harness.models.loaded import EmbeddingModel, LanguageModel, LoadedModel

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class MeanPooled(EmbeddingModel):
    """A text's vector is the mean over its tokens of the states behind the model's last layer, brought to length 1.
    Of an encoder-decoder it is the encoder's last layer, as in Sentence-T5 (Ni et al. 2021, arXiv 2108.08877).

    The text stands alone, without chat template, instruction or examples. It is the usual way to make vectors with a
    model that was trained to write, and a weak one: such vectors point in similar directions whatever the text, so
    that only their order tells something (Ethayarajh 2019, arXiv 1909.00512). Compare recipes by them.
    """

    def __init__(self, language_model: LanguageModel) -> None:
        self.model, self.tokenizer = language_model.model, language_model.tokenizer
        self._inner = self.model.get_base_model() if hasattr(self.model, "get_base_model") else self.model
        encoder = self._inner.get_encoder() if is_encoder_decoder(self.model) else None
        self._reader = encoder or self.model  # an adapter's layers are inside the encoder
        self._backbone = encoder or self._inner.base_model

    def embed(self, texts: Sequence[str], *, batch_size: int = 32) -> npt.NDArray[np.float32]:
        """Texts of similar length share a batch; the longest go first: if memory does not suffice, that shows at once.

        Raises:
            RunFailed: the model gives no finite numbers.
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
        """How many have more tokens than the model has positions."""
        limit = self._limit()
        return sum(len(row) > limit for row in self.tokenizer(list(texts))["input_ids"]) if texts else 0

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """At least one token each, at most as many as the model reads, from the beginning."""
        limit = self._limit()
        known = (self.tokenizer.bos_token_id, self.tokenizer.eos_token_id, self.tokenizer.pad_token_id, 0)
        empty = [next(token for token in known if token is not None)]
        rows = self.tokenizer(list(texts))["input_ids"] if texts else []
        return [list(row[:limit]) or empty for row in rows]

    def _limit(self) -> int:
        positions = getattr(self._inner.config.get_text_config(), "max_position_embeddings", None)
        virtual = getattr(getattr(self.model, "active_peft_config", None), "num_virtual_tokens", None)
        return max((positions or 2048) - (virtual or 0), 1)

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
            **({"logits_to_keep": 1} if "logits_to_keep" in takes else {}),  # nobody reads them
        )
        hidden = states.pop()[:, -longest:].float()  # prompt learning puts its own positions before the text's
        weights = mask.to(hidden.device).unsqueeze(-1)
        return ((hidden * weights).sum(1) / weights.sum(1)).cpu().numpy()


def as_embedder(model: LoadedModel) -> EmbeddingModel:
    """The model itself if it gives vectors, else a language model with its mean-pooled states.

    Raises:
        TypeError: it has neither.
    """
    if isinstance(model, EmbeddingModel):
        return model
    if isinstance(model, LanguageModel):
        return MeanPooled(model)
    raise TypeError(f"{type(model).__name__} gives no vectors")


@contextmanager
def _last_states(backbone: Any) -> Iterator[list[Any]]:
    """A list that gets the last hidden states, shape (batch, positions, hidden), of every call of the model.

    `output_hidden_states` would give those of all layers, which is 31 times the memory for SmolLM2.
    """
    caught: list[Any] = []
    hook = backbone.register_forward_hook(lambda module, args, output: caught.append(output[0]))
    try:
        yield caught
    finally:
        hook.remove()
