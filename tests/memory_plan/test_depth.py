"""A deep model's counts from two shallow ones."""

from __future__ import annotations

from typing import Any

import pytest

from harness.config.project import Project
from harness.measure.device import Device
from harness.memory_plan.depth import counted_at_depth
from harness.memory_plan.fake_model import adapted_on_meta
from harness.memory_plan.step import Step, StepSettings, count_step

CPU = Device("cpu", "x", threads=1, dtype="float32")


def config(layers: int, **changes: Any) -> Any:
    from transformers import LlamaConfig

    return LlamaConfig(
        hidden_size=64,
        intermediate_size=160,
        num_hidden_layers=layers,
        num_attention_heads=4,
        vocab_size=500,
        **changes,
    )


@pytest.mark.parametrize("recipe", ["sft/full", "peft/lora"])
@pytest.mark.parametrize("checkpointing", [False, True])
def test_the_extrapolated_step_is_the_whole_one(project: Project, recipe: str, checkpointing: bool) -> None:
    def count(shape: Any) -> Step:
        model = adapted_on_meta(shape, project.recipe(recipe), device=CPU)
        settings = StepSettings(batch=2, length=16, labelled=8, activation_checkpointing=checkpointing)
        return count_step(model, shape, settings)

    whole, extrapolated = count(config(9)), counted_at_depth(config(9), count)
    assert extrapolated.weights == whole.weights
    assert extrapolated.trainable_parameters == whole.trainable_parameters
    assert extrapolated.optimiser == pytest.approx(whole.optimiser, rel=1e-3)  # counters of steps come and go
    assert extrapolated.activations == whole.activations
    assert extrapolated.peak.phase == whole.peak.phase
    assert extrapolated.peak.total == pytest.approx(whole.peak.total, rel=0.01)


def test_a_shallow_model_is_counted_once_and_whole() -> None:
    asked = []

    def count(shape: Any) -> Any:
        asked.append(shape.num_hidden_layers)
        return "counted"

    assert counted_at_depth(config(4), count) == "counted"  # type: ignore[comparison-overlap]
    assert asked == [4]
