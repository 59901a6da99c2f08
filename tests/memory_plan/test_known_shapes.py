"""The built-in shapes have as many parameters as their model cards say."""

from __future__ import annotations

import pytest

from harness.memory_plan.known_shapes import SHAPES

BILLIONS = {
    "llama-65b": 65.29,
    "llama-2-7b": 6.738,
    "llama-2-13b": 13.02,
    "llama-2-70b": 68.98,
    "llama-3-8b": 8.030,
    "llama-3-70b": 70.55,
    "llama-3.1-8b": 8.030,
    "llama-3.1-70b": 70.55,
    "llama-3.2-1b": 1.236,
    "llama-3.2-3b": 3.213,
    "qwen2.5-0.5b": 0.4940,
    "qwen2.5-1.5b": 1.544,
    "qwen2.5-7b": 7.616,
    "mistral-7b-v0.3": 7.248,
    "gemma-2-2b": 2.614,
    "gemma-2-9b": 9.242,
    "smollm2-135m": 0.1345,
    "smollm2-360m": 0.3618,
    "smollm2-1.7b": 1.711,
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_has_the_published_number_of_parameters(name: str) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(SHAPES[name].config())
        model.tie_weights()
    assert sum(parameter.numel() for parameter in model.parameters()) / 1e9 == pytest.approx(BILLIONS[name], rel=1e-3)


def test_mistral_v03_has_no_sliding_window() -> None:
    assert SHAPES["mistral-7b-v0.3"].config().sliding_window is None
