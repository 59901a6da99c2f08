"""Bytes of the optimisers of bitsandbytes."""

from __future__ import annotations

from typing import Any

import pytest

from harness.config.project import Project
from harness.measure.device import Device
from harness.memory_plan.optimisers import Moments, moment_bytes, moments
from harness.memory_plan.plan import Plan, Request, predict, with_settings

CUDA = Device("cuda", "planned", 1, "bfloat16")


@pytest.mark.parametrize(
    ("elements", "bits", "expected"),
    [(4096, 8, 2 * (4096 + 4 * 16)), (4097, 8, 2 * (4097 + 4 * 17)), (4095, 8, 8 * 4095), (10**6, 32, 8 * 10**6)],
)
def test_both_moments_and_their_scales_are_counted(elements: int, bits: int, expected: int) -> None:
    assert moment_bytes(elements, bits=bits) == expected


def test_embeddings_keep_32_bits_and_small_parameters_stay_on_the_device() -> None:
    import torch

    model = torch.nn.Sequential(torch.nn.Embedding(1000, 200), torch.nn.Linear(200, 1000), torch.nn.Linear(200, 5))
    model[1].bias.requires_grad_(False)
    small = 8 * (1000 + 5)  # the last layer has fewer than 4096 weights
    large = 8 * 200_000 + moment_bytes(200_000, bits=8)
    assert moments(model, "paged_adamw_8bit") == Moments(on_device=small, paged=large)
    assert moments(model, "adamw_8bit") == Moments(on_device=small + large, paged=0)


def config() -> Any:
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=3000, hidden_size=512, intermediate_size=1024, num_hidden_layers=2, num_attention_heads=4
    )


def plan(project: Project, device: Device = CUDA, **settings: Any) -> Plan:
    recipe = with_settings(project.recipe("sft/full"), **settings)
    return predict(config(), Request(recipe, 2, 16, 4, device, device.dtype == "bfloat16"))


def test_full_fine_tuning_on_a_gpu_keeps_weights_gradients_and_moments_in_float32(project: Project) -> None:
    counted = plan(project)
    assert counted.weights == pytest.approx(4 * counted.total_parameters, rel=0.001)
    assert counted.gradients == 4 * counted.total_parameters
    assert counted.optimiser == pytest.approx(8 * counted.total_parameters, rel=0.001)


def test_an_8_bit_optimiser_needs_less_and_a_paged_one_nothing_at_the_peak(project: Project) -> None:
    usual, small, paged = (plan(project, optim=name) for name in ("adamw_torch", "adamw_8bit", "paged_adamw_8bit"))
    assert usual.peak > small.peak > paged.peak
    assert small.optimiser == paged.optimiser + paged.paged < usual.optimiser / 2
    assert any("the optimiser's moments are paged" in note for note in paged.notes)


def test_the_forward_pass_of_a_later_batch_finds_gradients_of_the_earlier_ones(project: Project) -> None:
    once = plan(project, optim="paged_adamw_8bit", gradient_accumulation_steps=1)
    twice = plan(project, optim="paged_adamw_8bit", gradient_accumulation_steps=2)
    assert twice.peak > once.peak


def test_an_optimiser_without_a_count_is_noted(project: Project) -> None:
    cpu = Device("cpu", "planned", 1, "float32")
    note = "the optimiser adamw_8bit is counted as adamw_torch: two moments per trained parameter"
    assert note in plan(project, cpu, optim="adamw_8bit").notes
    assert not any("counted as" in one for one in plan(project, optim="adamw_8bit").notes)
