"""The logits of a model at the tokens of given answers.

The beginning that all prompts have in common (the system turn) is run once, and logits are computed only near the
answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from harness.models.encoder_decoder import decoder_start, is_encoder_decoder
from harness.models.encoding.encoded import Tokens
from harness.models.prefix import NOTHING, Prefix, last_logits


@dataclass(frozen=True)
class Solved:
    """A prompt and its answer, as token ids."""

    ids: Tokens
    answer: int
    """Number of tokens of the answer, which are the last ones; at least 1, and at least one token precedes them."""

    @property
    def begin(self) -> int:
        """Place of the token whose output predicts the first token of the answer."""
        return len(self.ids) - self.answer - 1


def answer_logits(
    model: Any, batch: Sequence[Solved], prefix: Prefix = NOTHING, *, extra: Mapping[str, Any] | None = None
) -> list[Any]:
    """For every text the logits of its answer's tokens, shape (answer tokens, vocabulary).

    `extra`: further inputs of the model for the whole batch. Padding is on the right, where causal attention never
    looks. Places are counted from the end, because prompt learning puts its own positions before the text.
    """
    if is_encoder_decoder(model):
        return _decoder_logits(model, batch, extra or {})
    ids, mask = _padded([text.ids for text in batch])
    longest = ids.shape[1]
    first = min(text.begin for text in batch)
    logits = model(
        input_ids=ids[:, prefix.length :].to(model.device),
        attention_mask=mask.to(model.device),
        **({"past_key_values": prefix.cache(len(batch))} if prefix.length else {}),
        **last_logits(model, longest - first),
        **(extra or {}),
    ).logits[:, first - longest :]
    return [logits[row, text.begin - first :][: text.answer] for row, text in enumerate(batch)]


def _decoder_logits(model: Any, batch: Sequence[Solved], extra: Mapping[str, Any]) -> list[Any]:
    """The encoder reads the prompt; the decoder reads its start token and the answer without its last token."""
    prompts = _padded([text.ids[: -text.answer] for text in batch])
    answers = _padded([(decoder_start(model) or 0, *text.ids[-text.answer : -1]) for text in batch])
    logits = model(
        input_ids=prompts[0].to(model.device),
        attention_mask=prompts[1].to(model.device),
        decoder_input_ids=answers[0].to(model.device),  # padded on the right, where no earlier place looks
        **extra,
    ).logits
    return [logits[row, : text.answer] for row, text in enumerate(batch)]


def _padded(rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    """Ids and mask, shape (rows, longest), with padding on the right."""
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros(len(rows), longest, dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
        mask[place, : len(row)] = 1
    return ids, mask
