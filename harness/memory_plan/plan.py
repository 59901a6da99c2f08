"""A memory plan: the counted training step, and what the process needs on top of it.

CPU:  libraries + counted peak + what malloc keeps of freed activations
CUDA: context   + counted peak + what the caching allocator keeps
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.config.recipe import Recipe, Train
from harness.errors import ConfigError
from harness.measure.device import Device
from harness.memory_plan.step import Step

LIBRARIES = 620_000_000
"""Resident bytes of Python with torch, transformers, peft and trl, tokenizer and trainer made, no model: measured on
Linux with torch 2.13 (CPU build)."""
KEPT = 0.36
"""Share of a forward pass's activations that glibc keeps besides: holes between blocks, resident and not fit for what
comes next. Measured (docs/memory.md); with every block given back at once (MALLOC_MMAP_THRESHOLD_) it is none."""
KEPT_CHECKPOINTED = 0.28
"""The same with activation checkpointing, of the activations it would hold without."""
CUDA_CONTEXT = 500_000_000
"""287 MB for a context with lazily loaded kernels (pytorch/pytorch#86509), the rest for cuBLAS's workspaces: assumed,
not measured here."""
CUDA_KEPT = 0.1
"""Share of what comes and goes in a step that CUDA's caching allocator holds besides: assumed, not measured here."""
COUNTED_OPTIMISERS = ("adamw_torch", "adamw_torch_fused")


@dataclass(frozen=True)
class Request:
    """What is to be planned."""

    recipe: Recipe
    batch: int
    length: int
    labelled: int
    """Labelled tokens in a row."""
    device: Device
    autocast: bool
    """Whether products are computed in bfloat16 whatever the weights' type."""


@dataclass(frozen=True)
class Plan:
    """Bytes by what holds them. `peak` is less than their sum where not all live at once."""

    weights: int
    gradients: int
    optimiser: int
    activations: int
    """Kept for the backward pass."""
    logits: int
    """Alive at the peak."""
    overhead: int
    """Libraries on a CPU, the context on CUDA."""
    kept: int
    """Freed, but not given back by the allocator."""
    peak: int
    peak_phase: str
    """`forward`, `backward` or `step`."""
    trainable_parameters: int
    total_parameters: int
    notes: tuple[str, ...]


def with_settings(recipe: Recipe, **changes: Any) -> Recipe:
    """The recipe with other settings of the optimiser."""
    assert recipe.run.train is not None
    train = recipe.run.train.model_copy(update=changes)
    return recipe.model_copy(update={"run": recipe.run.model_copy(update={"train": train})})


def train_settings(request: Request) -> Train:
    """The recipe's, which `planned_method` has seen to be there."""
    assert request.recipe.run.train is not None
    return request.recipe.run.train


def predict(config: Any, request: Request) -> Plan:
    """The plan for a model's configuration.

    Raises:
        ConfigError: the numbers make no training, or the recipe's method has no plan.
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
        notes=_notes(request),
    )


def _count(config: Any, request: Request, *, activation_checkpointing: bool) -> Step:
    from harness.memory_plan.depth import counted_at_depth
    from harness.memory_plan.fake_model import adapted_on_meta
    from harness.memory_plan.step import count_step

    def count(shape: Any) -> Step:
        return count_step(
            adapted_on_meta(shape, request.recipe, device=request.device),
            shape,
            batch=request.batch,
            length=request.length,
            labelled=request.labelled * request.batch,
            autocast=request.autocast,
            activation_checkpointing=activation_checkpointing,
            foreach=request.device.kind == "cuda" and train_settings(request).optim == "adamw_torch",
        )

    return counted_at_depth(config, count)


def _passing(step: Step) -> int:
    """Of the counted peak, what does not live through all steps."""
    return step.peak.total - step.weights - step.optimiser


def _refuse_bad_numbers(config: Any, request: Request) -> None:
    for option, value in (("--batch", request.batch), ("--length", request.length), ("--labelled", request.labelled)):
        if value < 1:
            raise ConfigError(f"{value} is no number of anything to train on", where=option, expected="1 or more")
    if request.length < 2:
        raise ConfigError("a row of one token has nothing to predict", where="--length", expected="2 or more")
    longest = getattr(config, "max_position_embeddings", None)
    if longest and request.length > longest:
        raise ConfigError(
            f"the model takes {longest} tokens, not {request.length}", where="--length", expected=f"at most {longest}"
        )


def _notes(request: Request) -> tuple[str, ...]:
    notes = []
    if request.device.kind == "cuda":
        notes.append("CUDA's context and what its allocator keeps are assumptions (docs/memory.md)")
    optim = train_settings(request).optim
    if optim not in COUNTED_OPTIMISERS:
        notes.append(f"the optimiser {optim} is counted as adamw_torch: two moments of each trained parameter")
    return tuple(notes)
