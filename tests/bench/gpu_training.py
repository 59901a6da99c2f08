"""Checks of training on a GPU: precision, number of GPUs, a stage of the pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from tests.bench.gpu_setting import DOMAIN, Outcome, Setting
from tests.bench.training import bench_context
from tests.pipeline.smoke_clone import committed_clone, run

STEPS = 4
"""Optimiser steps of the small project's budget: 64 items in batches of 16."""
STAGE = f"peft@lora-{DOMAIN}-0"


@dataclass
class Seen:
    """Dtypes that occurred in the steps of a training."""

    trained: set[str] = field(default_factory=set)
    moments: set[str] = field(default_factory=set)
    products: set[str] = field(default_factory=set)
    """Of the outputs of linear layers."""
    parallel: bool = False
    """Whether a model was spread over several GPUs."""


def trains(setting: Setting, *, recipe: str) -> Outcome:
    """The recipe trains: float32 weights and moments, bfloat16 products, the budget's steps, outputs that changed."""
    from harness.training.train import train

    with watched() as seen:
        record = train(setting.project, setting.key(recipe))
    trained = record.training
    figures = {
        "status": record.status,
        "reason": record.reason,
        "steps": trained.steps if trained else 0,
        "trained_weights": sorted(seen.trained),
        "moments": sorted(seen.moments),
        "products": sorted(seen.products),
        "spread_over_gpus": seen.parallel,
        "gpus": record.provenance.gpus,
        "output_change": trained.output_change if trained else None,
        "seconds": record.cost.seconds,
        "memory": record.memory.model_dump() if record.memory else None,
    }
    limits = {
        "status": "ok",
        "steps": STEPS,
        "trained_weights": ["float32"],
        "moments": ["float32"],
        "spread_over_gpus": False,
        "gpus": setting.device.gpus,
    }
    mixed = setting.device.training_precision == "mixed"
    passed = all(figures[name] == limit for name, limit in limits.items()) and ("bfloat16" in seen.products) == mixed
    return Outcome(passed, figures, {**limits, "products": "bfloat16 among them" if mixed else "no bfloat16"})


@contextmanager
def watched() -> Iterator[Seen]:
    """Record dtypes at every optimiser step and in every linear layer while a model trains."""
    import torch
    from torch.nn.modules.module import register_module_forward_hook
    from torch.optim.optimizer import register_optimizer_step_post_hook

    seen = Seen()

    def after_step(optimizer: Any, *_: Any) -> None:
        for weights, state in optimizer.state.items():
            seen.trained.add(_name(weights))
            seen.moments.update(_name(state[key]) for key in ("exp_avg", "exp_avg_sq"))

    def after_layer(layer: Any, inputs: Any, output: Any) -> None:
        seen.parallel = seen.parallel or isinstance(layer, torch.nn.DataParallel)
        if layer.training and isinstance(layer, torch.nn.Linear):
            seen.products.add(_name(output))

    hooks = (register_optimizer_step_post_hook(after_step), register_module_forward_hook(after_layer))
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def _name(tensor: Any) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def uses_one_gpu(setting: Setting) -> Outcome:
    """A trainer uses one GPU where torch sees several; one more is pretended on a machine with one."""
    import torch

    from harness.training.loops.sft_loop import training_arguments

    visible = max(torch.cuda.device_count(), 2)
    recipe, folder = setting.project.recipe("peft/lora"), setting.project.root / "one_gpu"
    context = bench_context(setting.project, recipe, device=setting.device, folder=folder, examples=4)
    with mock.patch("torch.cuda.device_count", return_value=visible):
        arguments = training_arguments(context, examples=4, loss_type="nll")
    settings = recipe.run.train
    assert settings is not None
    figures = {"visible": visible, "used": arguments.n_gpu, "batch": arguments.train_batch_size}
    limits = {"used": setting.device.gpus, "batch": settings.per_device_train_batch_size}
    return Outcome(all(figures[name] == limit for name, limit in limits.items()), figures, limits)


def runs_a_dvc_stage(setting: Setting) -> Outcome:
    """`dvc repro` of one training stage in a temporary clone, with the data and the base of the small project."""
    clone = committed_clone(setting.project.root / "clone")
    params = clone / "params.yaml"
    params.write_text((setting.project.root / "params.yaml").read_text())
    for folder in ("data/prepared", "data/bases"):
        (clone / folder).symlink_to(setting.project.root / folder)
    run(clone, "python", "-m", "harness", "pipeline", "--write")
    run(clone, "python", "-m", "harness", "fingerprint")
    run(clone, "dvc", "repro", "--single-item", STAGE)
    record = json.loads((clone / f"reports/records/peft/lora-{DOMAIN}-0/train/run.json").read_text())
    figures = {"status": record["status"], "device_kind": record["provenance"]["device_kind"]}
    limits = {"status": "ok", "device_kind": setting.device.kind}
    return Outcome(figures == limits, {**figures, "stage": STAGE}, limits)
