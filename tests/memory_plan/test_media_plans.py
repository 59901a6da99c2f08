"""Plans of methods that read files: what learns beside the language model, and the tower, are counted."""

from __future__ import annotations

from typing import Any

import pytest

from harness.config.project import Project
from harness.measure.device import Device
from harness.memory_plan.plan import Plan, Request, predict

CPU = Device("cpu", "planned", 1, "float32")
TOWER = 2_939_120
"""Weights of EfficientNet-Lite0 with folded normalisation and without its head."""
HIDDEN, RANK = 64, 16
LORA = 2 * RANK * (4 * (HIDDEN + HIDDEN) + 3 * (HIDDEN + 128))
"""Of both layers."""


def small(layers: int = 2) -> Any:
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=512,
        hidden_size=HIDDEN,
        intermediate_size=128,
        num_hidden_layers=layers,
        num_attention_heads=4,
        tie_word_embeddings=True,
    )


def plan(project: Project, recipe: str, *, layers: int = 2) -> Plan:
    return predict(small(layers), Request(project.recipe(recipe), 2, 32, 4, CPU, autocast=False))


def test_the_projector_learns_and_the_tower_is_there(project: Project) -> None:
    found, text = plan(project, "multimodal/llava"), plan(project, "peft/lora")
    width = 24 + 40 + 112 + 320
    projector = 2 * width + (width + 1) * HIDDEN + (HIDDEN + 1) * HIDDEN + 16 * HIDDEN + 2 * HIDDEN
    assert found.trainable_parameters == LORA + projector
    assert found.total_parameters == text.total_parameters + projector + TOWER
    assert found.weights == pytest.approx(text.weights + 4 * (projector + TOWER), rel=1e-3)
    assert any("tower" in note for note in found.notes)


def test_rows_have_no_tower(project: Project) -> None:
    found = plan(project, "multimodal/tabular_tokens")
    assert found.total_parameters < TOWER
    assert found.trainable_parameters > LORA
    assert not any("tower" in note for note in found.notes)


def test_blocks_that_come_every_few_layers_are_extrapolated_rightly(project: Project) -> None:
    """Of twenty layers, five and ten are counted; four of them have a block."""
    few, many = (plan(project, "multimodal/flamingo", layers=layers) for layers in (15, 20))
    one_block = 2 * HIDDEN + 4 * HIDDEN**2 + 2 * HIDDEN + (HIDDEN + 1) * 2 * HIDDEN + (2 * HIDDEN + 1) * HIDDEN + 2
    assert many.trainable_parameters - few.trainable_parameters == one_block
