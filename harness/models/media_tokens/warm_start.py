"""A start for encoders of files: the ridge regression from what they compute to the words of the answers.

An encoder with random weights gives a language model soft tokens that mean nothing, and it takes thousands of steps
until they do. A few hundred examples leave a few dozen steps. The last linear layer of an encoder can be solved for at
once instead, so that the soft tokens of a file are near to the mean embedding of the words that describe it.

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

RIDGE = 1e-2
"""Penalty on squared weights, as a share of the mean variance of the layer's inputs times their number."""


def warm_start(encoder: nn.Module, layer: nn.Linear, vectors: torch.Tensor, targets: torch.Tensor) -> None:
    """Solve for the weights of `layer`, in place, so that its outputs are near to the targets.

    `layer`: the linear layer of `encoder` whose outputs become soft tokens. `vectors`: what the encoder reads, shape
    (files, places, width). `targets`: shape (files, hidden); every soft token of a file has the same target.
    """
    caught: list[torch.Tensor] = []
    hook = layer.register_forward_hook(lambda module, inputs, output: caught.append(inputs[0]))
    try:
        with torch.inference_mode(False), torch.no_grad():
            encoder(vectors.to(layer.weight.device))
    finally:
        hook.remove()
    states = caught[0].double().cpu()
    tokens = states.shape[1]
    flat, wanted = states.flatten(0, 1), targets.double().cpu().repeat_interleave(tokens, 0)
    mean, centre = flat.mean(0), wanted.mean(0)
    flat, wanted = flat - mean, wanted - centre
    gram = flat.T @ flat
    penalty = RIDGE * gram.diagonal().mean() * torch.eye(len(gram), dtype=torch.float64)
    weight = torch.linalg.solve(gram + penalty, flat.T @ wanted)
    with torch.no_grad():
        layer.weight.copy_(weight.T)
        layer.bias.copy_(centre - mean @ weight)


def telling_words(model: Any, answers: Sequence[Sequence[int]]) -> torch.Tensor:
    """The sum of the embeddings of each answer's tokens without those that all answers have, such as an article and
    the end
    token: shape (answers, hidden), float32 on the CPU."""
    table = model.get_input_embeddings().weight.detach()
    shared = set.intersection(*map(set, answers))
    telling = [[token for token in tokens if token not in shared] or list(tokens) for tokens in answers]
    sums = [table[torch.tensor(tokens, device=table.device)].float().sum(0) for tokens in telling]
    return torch.stack(sums).cpu()
