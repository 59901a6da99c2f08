"""Log-likelihoods of continuations, one pass for each: for judges, which ask a few short ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Tokens = Sequence[int]


def continuation_logprobs(
    model: Any, sequences: Sequence[tuple[Tokens, Tokens]], *, batch_size: int = 16
) -> npt.NDArray[np.float64]:
    """Nats of each continuation after its prompt, summed over its tokens; shape (len(sequences),).

    `model` is a causal language model. Longest first, so that rows of a batch are about equally long. Padding is on the
    right, where causal attention never looks. Logits are computed in float32, at the continuation's places only.
    """
    import numpy as np
    import torch

    found = np.zeros(len(sequences))
    lengths = [len(prompt) + len(continuation) for prompt, continuation in sequences]
    order = sorted(range(len(sequences)), key=lambda place: (-lengths[place], place))
    model.eval()
    head = model.get_output_embeddings()
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    with torch.inference_mode():
        for start in range(0, len(order), batch_size):
            places = order[start : start + batch_size]
            width = max(lengths[place] for place in places)
            ids = torch.zeros(len(places), width, dtype=torch.long)
            mask = torch.zeros(len(places), width, dtype=torch.long)
            for row, place in enumerate(places):
                prompt, continuation = sequences[place]
                ids[row, : lengths[place]] = torch.tensor([*prompt, *continuation])
                mask[row, : lengths[place]] = 1
            states = inner.base_model(
                input_ids=ids.to(model.device), attention_mask=mask.to(model.device), use_cache=False
            )[0]
            for row, place in enumerate(places):
                prompt, continuation = sequences[place]
                before = states[row, len(prompt) - 1 : lengths[place] - 1].contiguous()
                logprobs = head(before).float().log_softmax(-1)
                targets = torch.tensor(list(continuation), device=logprobs.device)
                found[place] = float(logprobs.gather(1, targets[:, None]).double().sum())
    return found
