"""Run one training step on tensors without data, with trl's own loss, and count every byte."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from harness.memory_plan.live_bytes import LiveBytes, Moment
from harness.memory_plan.optimisers import BITS, Moments, moments

CHUNK = 256
"""Token positions whose logits trl computes at once (`_CHUNKED_LM_HEAD_CHUNK_SIZE`)."""


@dataclass(frozen=True)
class StepSettings:
    """How the step is run."""

    batch: int
    """Rows on the device at once."""
    length: int
    """Tokens per row."""
    labelled: int
    """Labelled tokens of the whole batch."""
    autocast: bool = False
    """Whether matrices are multiplied in bfloat16."""
    activation_checkpointing: bool = False
    accumulates: bool = False
    """Whether several batches make one update, so that gradients are alive during the forward pass of a later batch."""
    optim: str = "adamw_torch"
    """`adamw_torch` or an optimiser in `harness.memory_plan.optimisers.BITS`."""
    foreach: bool = False
    """Whether torch's optimiser updates all parameters at once, as it does on CUDA."""


@dataclass(frozen=True)
class Step:
    """What a training step holds in memory, in bytes."""

    weights: int
    trainable_parameters: int
    total_parameters: int
    optimiser: int
    """On the device."""
    paged: int
    """State of the optimiser in memory that the GPU shares with the host."""
    gradients: int
    """After the backward pass."""
    activations: int
    """Kept at the end of the forward pass for the backward pass."""
    peak: Moment
    """The moment at which most bytes are alive, and what they hold."""
    phases: dict[str, int]
    """The most bytes alive during `forward`, `backward` and `step`."""


def count_step(model: Any, config: Any, settings: StepSettings) -> Step:
    """Run one step and return its counts. `model` is on the device `meta` and cannot be used afterwards.

    `config` is the model's transformers configuration.
    """
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode

    from harness.memory_plan.fake_model import without_data

    with FakeTensorMode():
        without_data(model)
        trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        state = moments(model, settings.optim) if settings.optim in BITS else None
        optimiser = None if state else torch.optim.AdamW(trained, foreach=settings.foreach)
        live = LiveBytes(vocabulary=config.get_text_config().vocab_size, answer=settings.labelled)
        with live:
            _follow_weights(live, model)
            weights = live.total
            held = _allocate_moments(live, optimiser, trained, state)
            _prepare(model, settings.activation_checkpointing)
            activations, gradients = _one_step(live, model, optimiser, trained, settings)
        step = Step(
            weights=weights,
            trainable_parameters=sum(parameter.numel() for parameter in trained),
            total_parameters=_parameters(model),
            optimiser=live.kinds["optimiser"],
            paged=state.paged if state else 0,
            gradients=gradients,
            activations=activations,
            peak=live.peak,
            phases={phase: live.peaks[phase] for phase in ("forward", "backward", "step")},
        )
        del held
        return step


def _follow_weights(live: LiveBytes, model: Any) -> None:
    for tensor in [*model.parameters(), *model.buffers()]:
        live.follow(tensor, "weights")


def _allocate_moments(live: LiveBytes, optimiser: Any, trained: list[Any], state: Moments | None) -> Any:
    """Make the optimiser's state, which is alive in every step but the first.

    Without an `optimiser` of torch it is one tensor with the bytes of `state`; the caller keeps it alive.
    """
    import torch

    if optimiser is None:
        live.kind = "optimiser"
        return torch.empty(state.on_device if state else 0, dtype=torch.uint8)
    for parameter in trained:
        parameter.grad = torch.zeros_like(parameter)
    live.kind = "optimiser"
    optimiser.step()
    optimiser.zero_grad()
    live.restart()
    return None


def _prepare(model: Any, activation_checkpointing: bool) -> None:
    """Prepare the model as trl's SFTTrainer does."""
    from trl.trainer.sft_trainer import _patch_chunked_ce_lm_head

    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    if activation_checkpointing:
        inner.activation_checkpointing_enable()
    _patch_chunked_ce_lm_head(inner, chunk_size=CHUNK)


def _one_step(
    live: LiveBytes, model: Any, optimiser: Any, trained: list[Any], settings: StepSettings
) -> tuple[int, int]:
    """Bytes of the activations kept after a forward pass, and of the gradients after the last backward pass."""
    import torch

    for parameter in trained:
        parameter.register_post_accumulate_grad_hook(lambda p: live.rename(p.grad, "gradients"))
    activations = 0
    for _ in range(2 if settings.accumulates else 1):
        activations = _forward_and_backward(live, model, settings)
    gradients = live.kinds["gradients"]
    live.phase = "step"
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    if optimiser is not None:
        optimiser.step()
        optimiser.zero_grad()
    return activations, gradients


def _forward_and_backward(live: LiveBytes, model: Any, settings: StepSettings) -> int:
    """Bytes of the activations kept after the forward pass."""
    import torch

    ids = torch.zeros(settings.batch, settings.length, dtype=torch.long)
    before = live.total
    live.phase, live.kind = "forward", "activations"
    with torch.autocast("cpu", torch.bfloat16) if settings.autocast else nullcontext():
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
    return activations


def _parameters(model: Any) -> int:
    """Number of parameters before 4-bit packing."""
    from harness.memory_plan.four_bit import FourBitLinear

    packed = {id(m.packed): m.in_features * m.out_features for m in model.modules() if isinstance(m, FourBitLinear)}
    return sum(packed.get(id(parameter), parameter.numel()) for parameter in model.parameters())
