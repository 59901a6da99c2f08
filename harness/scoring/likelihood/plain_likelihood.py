"""Log-likelihoods by one forward pass per continuation, as lm-eval computes them: slow, and right for any model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from harness.models.encoder_decoder import is_encoder_decoder
from harness.models.encoding.batching import batches
from harness.models.encoding.encoded import Tokens
from harness.models.float32_logits import float32_logits
from harness.scoring.likelihood.answer_logits import Solved, answer_logits
from harness.scoring.likelihood.token_logprobs import Scored
from harness.scoring.likelihood.tree_likelihood import Prompt

Place = tuple[int, int]
"""Which prompt, and which of its continuations."""


@dataclass(frozen=True)
class _Read:
    """One text that the model reads, and the continuations whose tokens are scored by it."""

    text: Solved
    prompt: Prompt
    places: tuple[Place, ...]


def score_plainly(
    model: object, prompts: Sequence[Prompt], *, batch_size: int, on_batch: Callable[[int], None] = lambda done: None
) -> list[list[Scored]]:
    """For each prompt, one `Scored` per continuation, in order. `model` is a transformers model, causal or
    encoder-decoder, with an adapter or without.

    Texts of similar length share a batch, the longest first: if memory does not suffice, that shows at once. A prompt
    with further inputs (`Prompt.extra`) is read alone. `on_batch` is called with the number of continuations that a
    batch finished.
    """
    results: dict[Place, Scored] = {}
    reads = _reads(prompts, separate=is_encoder_decoder(model))
    reads.sort(key=lambda read: (-len(read.text.ids), read.text.ids))
    with torch.inference_mode(), float32_logits(model):
        for batch in batches(reads, batch_size=batch_size, alone=lambda read: bool(read.prompt.extra)):
            logits = answer_logits(model, [read.text for read in batch], extra=batch[0].prompt.extra)
            for read, rows in zip(batch, logits, strict=True):
                for place in read.places:
                    results[place] = _score(rows, prompts[place[0]].continuations[place[1]])
            on_batch(sum(len(read.places) for read in batch))
    return [[results[at, place] for place in range(len(one.continuations))] for at, one in enumerate(prompts)]


def _reads(prompts: Sequence[Prompt], *, separate: bool) -> list[_Read]:
    """A causal model need not read a continuation's last token, so continuations that differ only there share a text.

    `separate`: the model is an encoder-decoder, whose continuations share nothing.
    """
    groups: dict[object, list[Place]] = defaultdict(list)
    for at, prompt in enumerate(prompts):
        for place, continuation in enumerate(prompt.continuations):
            own = ("alone", at, place)
            groups[own if separate or prompt.extra else prompt.tokens + continuation[:-1]].append((at, place))
    found = []
    for places in groups.values():
        texts = [_solved(prompts[at], prompts[at].continuations[place]) for at, place in places]
        longest = max(texts, key=lambda text: text.answer)
        found.append(_Read(longest, prompts[places[0][0]], tuple(places)))
    return found


def _solved(prompt: Prompt, continuation: Tokens) -> Solved:
    return Solved(prompt.tokens + continuation, answer=len(continuation))


def _score(logits: torch.Tensor, continuation: Tokens) -> Scored:
    """`logits`: shape (tokens, vocabulary), of at least as many tokens as the continuation has; it is scored on the
    last ones."""
    rows = logits[-len(continuation) :].log_softmax(-1)
    tokens = torch.tensor(continuation, device=rows.device)
    loglikelihood = rows.gather(-1, tokens.unsqueeze(-1)).sum()
    return float(loglikelihood), bool((rows.argmax(-1) == tokens).all())
