"""Log-probabilities of a few tokens, taken from the logits of many positions on the model's device."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch

CHUNK_BYTES = 2**27
"""Most bytes of one chunk of logits in float32: large enough to keep a GPU busy (200 positions of a vocabulary of
152,000 tokens), small beside the logits of a batch. Its log-probabilities take as many bytes again."""

Place = tuple[int, int, int]
"""Row of the batch, position in the row, token."""
Scored = tuple[float, bool]
"""(log-likelihood in nats, whether greedy decoding would write exactly this)."""


def token_logprobs(logits: Any, wanted: Iterable[Place], *, chunk_bytes: int = CHUNK_BYTES) -> dict[Place, Scored]:
    """The log-probability of each wanted token, and whether it is the likeliest token at its position.

    `logits`: shape (rows, positions, vocabulary). They are normalised in float32, chunk by chunk. A chunk's size does
    not change a number, because each position is normalised by itself. Only the wanted numbers leave the device.
    """
    tokens: dict[tuple[int, int], set[int]] = defaultdict(set)
    for row, position, token in wanted:
        tokens[row, position].add(token)
    positions = list(tokens)
    step = max(chunk_bytes // (4 * logits.shape[-1]), 1)
    found: dict[Place, Scored] = {}
    for start in range(0, len(positions), step):
        chunk = positions[start : start + step]
        places = [(at, (*position, token)) for at, position in enumerate(chunk) for token in sorted(tokens[position])]
        values = _picked(logits, chunk, [(at, place[-1]) for at, place in places])
        found.update(zip((place for _, place in places), values, strict=True))
    return found


def _picked(logits: Any, positions: list[tuple[int, int]], pairs: list[tuple[int, int]]) -> list[Scored]:
    """`pairs`: (place in `positions`, token)."""
    rows, columns = torch.tensor(positions, device=logits.device).unbind(1)
    at, tokens = torch.tensor(pairs, device=logits.device).unbind(1)
    chunk = logits[rows, columns].float()
    likeliest = chunk.argmax(-1)[at] == tokens
    values = chunk.log_softmax(-1)[at, tokens]
    return list(zip(values.tolist(), likeliest.tolist(), strict=True))
