from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from harness.config.project import Project
from harness.measure.device import Device
from harness.training.master_weights import as_trained, keep_in_float32, loaded_in_float32
from tests.bench.training import bench_context

GPU = Device("cuda", "x", threads=1, dtype="bfloat16")


def test_what_learns_becomes_float32_and_what_is_frozen_stays() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)).bfloat16()
    model[0].requires_grad_(False)
    parameters = list(model.parameters())
    assert keep_in_float32(model) is model
    assert [parameter.dtype for parameter in model.parameters()] == [torch.bfloat16] * 2 + [torch.float32] * 2
    assert all(
        one is other for one, other in zip(model.parameters(), parameters, strict=True)
    )  # tied weights stay tied


def test_a_parent_whose_weights_are_all_trained_is_loaded_in_float32(project: Project, tmp_path: Path) -> None:
    parent = bench_context(project, project.recipe("sft/full"), device=GPU, folder=tmp_path, examples=1)
    context = loaded_in_float32(replace(parent, parents={"model": parent}))
    assert (context.device.dtype, context.parents["model"].device.dtype) == ("float32", "float32")
    assert context.device.training_precision == "mixed"


def test_outputs_of_mixed_layers_are_computed_under_autocast() -> None:
    layers = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2).bfloat16())
    with as_trained(replace(GPU, kind="cpu")):
        assert layers(torch.ones(1, 2)).dtype == torch.bfloat16
    with as_trained(replace(GPU, kind="cpu", dtype="float32")):
        assert layers[0](torch.ones(1, 2)).dtype == torch.float32
