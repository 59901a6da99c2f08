"""Check that a training changed what the model answers.

A run whose trained weights are not in use would be scored as the base model under another name: a common silent error
(lm-evaluation-harness #511 and #808).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from harness.errors import RunFailed
from harness.models.encoder_decoder import decoder_start, prompt_tokens
from harness.models.encoding.chat import render

PROBES = 4
"""Number of validation prompts that are answered before and after the training."""


class Prompted(Protocol):
    """A row that a language model can answer, such as a Question or a Preference."""

    @property
    def prompt(self) -> str:
        """The user's turn."""


def probe_logits(model: Any, tokenizer: Any, probes: Sequence[Prompted]) -> Any:
    """Logits of the first answer token of each probe, shape (probes, vocabulary), float32 on the CPU."""
    import torch

    model.eval()
    rows, start = [], decoder_start(model)
    first = {} if start is None else {"decoder_input_ids": torch.tensor([[start]], device=model.device)}
    with torch.inference_mode():
        for probe in probes:
            ids = prompt_tokens(model, tokenizer, render(tokenizer, probe.prompt))
            read = torch.tensor([ids], device=model.device)
            rows.append(model(input_ids=read, **first).logits[0, -1].float().cpu())
    return torch.stack(rows)


def largest_change(before: Any, after: Any) -> float:
    """Largest absolute difference between two tensors of outputs of the same shape.

    Raises:
        RunFailed: no output changed, or an output after the training is not finite.
    """
    import torch

    if not torch.isfinite(after).all():
        raise RunFailed("diverged: the trained model's outputs are not finite")
    change = float((after - before).abs().max())
    if change == 0:
        raise RunFailed("training changed no output: the trained weights are not in use")
    return change
