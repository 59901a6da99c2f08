"""Run one training step on tensors without data, with trl's own loss, and count every byte."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from harness.memory_plan.live_bytes import LiveBytes, Moment

CHUNK = 256
"""Token positions whose logits trl computes at once (`_CHUNKED_LM_HEAD_CHUNK_SIZE`)."""


@dataclass(frozen=True)
class Step:
    """What a training step holds in memory, in bytes."""

    weights: int
    trainable_parameters: int
    total_parameters: int
    optimiser: int
    gradients: int
    """After the backward pass."""
    activations: int
    """Kept at the end of the forward pass for the backward pass."""
    peak: Moment
    """The moment at which most bytes are alive, and what they hold."""
    phases: dict[str, int]
    """The most bytes alive during `forward`, `backward` and `step`."""


def count_step(model: Any, config: Any, *, batch: int, length: int, labelled: int, **how: bool) -> Step:
    """Run one step and return its counts. `model` is on the device `meta` and cannot be used afterwards.

    Args:
        model: the adapted model.
        config: its transformers configuration.
        batch: rows of the batch.
        length: tokens per row.
        labelled: tokens of the whole batch that have a label.
        how: `autocast`; `activation_checkpointing`; `foreach`: whether the optimiser updates all parameters at once, as
            torch does on CUDA.
    """
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode

    from harness.memory_plan.fake_model import without_data

    with FakeTensorMode():
        without_data(model)
        trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        optimiser = torch.optim.AdamW(trained, foreach=how["foreach"])
        live = LiveBytes(vocabulary=config.get_text_config().vocab_size, answer=labelled)
        with live:
            _follow_weights(live, model)
            weights = live.total
            _allocate_moments(live, optimiser, trained)
            _prepare(model, how["activation_checkpointing"])
            activations, gradients = _one_step(live, model, optimiser, batch, length, autocast=how["autocast"])
        return Step(
            weights=weights,
            trainable_parameters=sum(parameter.numel() for parameter in trained),
            total_parameters=_parameters(model),
            optimiser=live.kinds["optimiser"],
            gradients=gradients,
            activations=activations,
            peak=live.peak,
            phases={phase: live.peaks[phase] for phase in ("forward", "backward", "step")},
        )


def _follow_weights(live: LiveBytes, model: Any) -> None:
    for tensor in [*model.parameters(), *model.buffers()]:
        live.follow(tensor, "weights")


def _allocate_moments(live: LiveBytes, optimiser: Any, trained: list[Any]) -> None:
    """Make the optimiser's state, which is alive in every step but the first."""
    import torch

    for parameter in trained:
        parameter.grad = torch.zeros_like(parameter)
    live.kind = "optimiser"
    optimiser.step()
    optimiser.zero_grad()
    live.restart()


def _prepare(model: Any, activation_checkpointing: bool) -> None:
    """Prepare the model as trl's SFTTrainer does."""
    from trl.trainer.sft_trainer import _patch_chunked_ce_lm_head

    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    if activation_checkpointing:
        inner.activation_checkpointing_enable()
    _patch_chunked_ce_lm_head(inner, chunk_size=CHUNK)


def _one_step(
    live: LiveBytes, model: Any, optimiser: Any, batch: int, length: int, *, autocast: bool
) -> tuple[int, int]:
    """Bytes of the activations kept after the forward pass, and of the gradients after the backward pass."""
    import torch

    trained = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    for parameter in trained:
        parameter.register_post_accumulate_grad_hook(lambda p: live.rename(p.grad, "gradients"))
    ids = torch.zeros(batch, length, dtype=torch.long)
    before = live.total
    live.phase, live.kind = "forward", "activations"
    with torch.autocast("cpu", torch.bfloat16) if autocast else nullcontext():
        loss = model(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            labels=ids,
            use_cache=False,
            num_items_in_batch=torch.ones((), dtype=torch.long),
        ).loss
    activations = live.total - before
    live.phase, live.kind = "backward", "temporary"
    loss.backward()
    gradients = live.kinds["gradients"]
    live.phase = "step"
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimiser.step()
    optimiser.zero_grad()
    return activations, gradients


def _parameters(model: Any) -> int:
    """Number of parameters before 4-bit packing."""
    from harness.memory_plan.four_bit import FourBitLinear

    packed = {id(m.packed): m.in_features * m.out_features for m in model.modules() if isinstance(m, FourBitLinear)}
    return sum(packed.get(id(parameter), parameter.numel()) for parameter in model.parameters())
