"""A memory plan: the counted bytes of one training step, and what the process needs on top of them.

CPU:  libraries + counted peak + freed activations that malloc does not return
CUDA: context   + counted peak + freed blocks that the caching allocator keeps
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.config.recipe import Recipe, Train
from harness.errors import ConfigError
from harness.measure.device import Device
from harness.memory_plan.optimisers import BITS, TORCH
from harness.memory_plan.step import Step, StepSettings

LIBRARIES = 620_000_000
"""Resident bytes of Python with torch, transformers, peft and trl, with a tokenizer and a trainer but no model.
Measured on Linux with torch 2.13 (CPU build)."""
KEPT = 0.36
"""Freed memory that glibc keeps resident, as a share of a forward pass's activations: holes between blocks that are too
small for later allocations. Fitted to measurements (docs/memory.md). With MALLOC_MMAP_THRESHOLD_ set, so that glibc
returns every block at once, two trainings peaked within 3 % of the counted bytes."""
KEPT_CHECKPOINTED = 0.28
"""The same share with activation checkpointing, of the activations that the step would hold without checkpointing."""
CUDA_CONTEXT = 500_000_000
"""287 MB for a context with lazily loaded kernels (pytorch/pytorch#86509), the rest for cuBLAS's workspaces. Assumed,
not measured by this project."""
CUDA_KEPT = 0.1
"""Freed memory that CUDA's caching allocator keeps, as a share of the bytes that do not live through all steps.
Assumed, not measured by this project."""


@dataclass(frozen=True)
class Request:
    """The training to plan for."""

    recipe: Recipe
    batch: int
    """Rows on the device at once."""
    length: int
    """Tokens per row."""
    labelled: int
    """Labelled tokens per row."""
    device: Device
    autocast: bool
    """Whether matrices are multiplied in bfloat16, whatever the dtype of the weights."""


@dataclass(frozen=True)
class Plan:
    """Bytes by what holds them. `peak` can be less than the sum, because not everything is alive at once."""

    weights: int
    gradients: int
    optimiser: int
    activations: int
    """Kept for the backward pass."""
    logits: int
    """Alive at the peak."""
    overhead: int
    """Python and its libraries on a CPU, the CUDA context on a GPU."""
    kept: int
    """Freed by torch, but not returned by the allocator."""
    peak: int
    peak_phase: str
    """`forward`, `backward` or `step`."""
    trainable_parameters: int
    total_parameters: int
    notes: tuple[str, ...]
    paged: int = 0
    """The optimiser's moments in memory that the GPU shares with the host. The peak leaves them out."""


def with_settings(recipe: Recipe, **changes: Any) -> Recipe:
    """The recipe with changed fields of `run.train`."""
    assert recipe.run.train is not None
    train = recipe.run.train.model_copy(update=changes)
    return recipe.model_copy(update={"run": recipe.run.model_copy(update={"train": train})})


def train_settings(request: Request) -> Train:
    """`run.train` of the recipe; `planned_method` has checked that it is there."""
    assert request.recipe.run.train is not None
    return request.recipe.run.train


def predict(config: Any, request: Request) -> Plan:
    """The memory plan for a model's configuration.

    Raises:
        ConfigError: batch, length or labelled tokens are too small or too large, or no plan can be made for the method.
    """
    from harness.memory_plan.fake_model import planned_method

    _refuse_bad_numbers(config, request)
    planned_method(request.recipe)
    checkpointing = train_settings(request).activation_checkpointing
    step = _count(config, request, activation_checkpointing=checkpointing)
    cuda = request.device.kind == "cuda"
    if cuda:
        overhead, kept = CUDA_CONTEXT, round(CUDA_KEPT * _passing(step))
    elif checkpointing:
        whole = _count(config, request, activation_checkpointing=False)
        overhead, kept = LIBRARIES, round(KEPT_CHECKPOINTED * whole.activations)
    else:
        overhead, kept = LIBRARIES, round(KEPT * step.activations)
    return Plan(
        weights=step.weights,
        gradients=step.gradients,
        optimiser=step.optimiser,
        activations=step.activations,
        logits=step.peak.kinds.get("logits", 0),
        overhead=overhead,
        kept=kept,
        peak=step.peak.total + overhead + kept,
        peak_phase=step.peak.phase,
        trainable_parameters=step.trainable_parameters,
        total_parameters=step.total_parameters,
        notes=_notes(request, step),
        paged=step.paged,
    )


def _count(config: Any, request: Request, *, activation_checkpointing: bool) -> Step:
    from harness.memory_plan.depth import counted_at_depth
    from harness.memory_plan.fake_model import adapted_on_meta, planned_method
    from harness.memory_plan.step import count_step
    from harness.training.media.media_lm import MediaLM

    train = train_settings(request)
    settings = StepSettings(
        batch=request.batch,
        length=request.length,
        labelled=request.labelled * request.batch,
        autocast=request.autocast,
        activation_checkpointing=activation_checkpointing,
        accumulates=train.gradient_accumulation_steps > 1,
        optim=_counted_optimiser(request),
        foreach=request.device.kind == "cuda" and train.optim == "adamw_torch",
    )

    def count(shape: Any) -> Step:
        return count_step(adapted_on_meta(shape, request.recipe, device=request.device), shape, settings)

    method = planned_method(request.recipe)
    period = method.block_every if isinstance(method, MediaLM) else 1
    return counted_at_depth(config, count, period=period)


def _counted_optimiser(request: Request) -> str:
    """The recipe's optimiser if there is a count for it on this device, else `adamw_torch`."""
    optim = train_settings(request).optim
    return optim if request.device.kind == "cuda" and optim in BITS else "adamw_torch"


def _passing(step: Step) -> int:
    """Bytes of the counted peak that do not live through all steps."""
    return step.peak.total - step.weights - step.optimiser


def _refuse_bad_numbers(config: Any, request: Request) -> None:
    for option, value in (("--batch", request.batch), ("--length", request.length), ("--labelled", request.labelled)):
        if value < 1:
            raise ConfigError(f"the value is {value}", where=option, expected="1 or more")
    if request.length < 2:
        raise ConfigError("a row of one token leaves no next token to predict", where="--length", expected="2 or more")
    longest = getattr(config, "max_position_embeddings", None)
    if longest and request.length > longest:
        raise ConfigError(
            f"the length is {request.length}, but the model reads at most {longest} tokens",
            where="--length",
            expected=f"at most {longest}",
        )


def _notes(request: Request, step: Step) -> tuple[str, ...]:
    from harness.memory_plan.fake_model import planned_method
    from harness.training.media_method import MediaMethod

    notes, method = [], planned_method(request.recipe)
    if isinstance(method, MediaMethod) and method.towers:
        notes.append(
            "the tower is counted as the one of the profile cpu; the vectors of files, 32 kB each, are not counted"
        )
    if request.device.kind == "cuda":
        notes.append("the CUDA context and what the allocator keeps are assumed, not measured (docs/memory.md)")
    optim, counted = train_settings(request).optim, _counted_optimiser(request)
    if optim not in (*TORCH, counted):
        notes.append(f"the optimiser {optim} is counted as {counted}: two moments per trained parameter")
    if step.paged:
        notes.append(
            f"the optimiser's moments are paged: {step.paged / 1e9:.1f} GB more on the GPU, or in the host's memory if "
            "the GPU is full"
        )
    return tuple(notes)
