"""Checks of what is measured on a GPU: memory against the plan, energy, price."""

from __future__ import annotations

import time
from typing import Any

from harness.config.project import Project
from tests.bench.gpu_setting import Outcome, Setting
from tests.bench.memory import LABELLED, STEPS, made_up_rows
from tests.bench.training import bench_context
from tests.tree import ROOT

RECIPES = ("sft/full", "peft/lora", "peft/qlora", "peft/prefix_tuning")
BATCH, LENGTH = 8, 256
MEMORY_ERROR = 0.25
"""Largest relative difference between allocated and counted bytes. An estimate: no GPU has confirmed it yet."""
BUSY_SECONDS = 1.0
"""How long the device computes while its energy is read; counters of GPUs are updated every 20 to 100 ms."""


def needs_the_planned_memory(setting: Setting) -> Outcome:
    """Peak of a training of made-up rows against the memory plan's count. On a CPU, `make bench` judges that."""
    figures = {recipe: _memory(setting, recipe) for recipe in RECIPES}
    if setting.device.kind == "cpu":
        return Outcome(True, figures, {"error": "not judged on a CPU"})
    passed = all(abs(each["error"]) <= MEMORY_ERROR for each in figures.values())
    return Outcome(passed, figures, {"error": MEMORY_ERROR})


def _memory(setting: Setting, recipe: str) -> dict[str, float]:
    """Counted and measured MB (10^6 bytes), without Python, its libraries and the CUDA context."""
    from harness.measure.memory import free_cached_memory
    from harness.memory_plan.model_config import model_config
    from harness.memory_plan.plan import Request, predict, with_settings

    chosen = with_settings(setting.project.recipe(recipe), per_device_train_batch_size=BATCH)
    request = Request(
        recipe=chosen,
        batch=BATCH,
        length=LENGTH,
        labelled=LABELLED,
        device=setting.device,
        autocast=setting.device.training_precision == "mixed",
    )
    plan = predict(model_config(str(setting.base_folder)), request)
    counted = (plan.peak - plan.overhead - plan.kept) / 1e6
    free_cached_memory()
    memory = _train(setting, chosen)
    if memory.cuda_allocated_mb is None:
        return {"counted_mb": round(counted, 1), "resident_mb": memory.resident_mb - memory.before_mb}
    return {
        "counted_mb": round(counted, 1),
        "allocated_mb": round(memory.cuda_allocated_mb, 1),
        "reserved_mb": round(memory.cuda_reserved_mb, 1),
        "error": round(counted / memory.cuda_allocated_mb - 1, 3),
    }


def _train(setting: Setting, recipe: Any) -> Any:
    """Peak memory of a few steps on rows of equal length."""
    from harness.measure.memory import PeakMemory
    from harness.training.master_weights import keep_in_float32
    from harness.training.registry import get_method
    from harness.training.supervised_lm import SupervisedLM

    method = get_method(recipe.run.method)
    assert isinstance(method, SupervisedLM)
    folder, examples = setting.project.root / "memory", BATCH * STEPS
    context = bench_context(setting.project, recipe, device=setting.device, folder=folder, examples=examples)
    _start(setting.device.kind)
    with PeakMemory() as peak:
        start = method.start(context)
        model = keep_in_float32(method.adapt(start.model, context))
        rows = made_up_rows(examples, LENGTH, vocabulary=len(start.tokenizer) - 10)
        method.fit(model, start.tokenizer, rows, context)
    return peak.result


def knows_energy_and_price(setting: Setting) -> Outcome:
    """The repository's price table knows the device, and its energy counter rises while it computes."""
    from harness.errors import ConfigError
    from harness.measure.cost import hourly_price
    from harness.measure.energy import EnergyMeter

    device, prices = setting.device, Project(ROOT).params.prices
    meter = EnergyMeter()
    _compute(device.kind)
    energy = meter.watt_hours()
    try:
        price = hourly_price(device.kind, device.name, threads=device.threads, prices=prices)
    except ConfigError as error:
        return Outcome(False, {"energy_wh": energy, "price": str(error)})
    figures = {"device": device.name, "energy_wh": energy, "price_per_hour": price}
    limits = {"energy_wh": "above 0, or null on a machine without a counter", "price_per_hour": "above 0"}
    return Outcome(price > 0 and (energy is None or energy > 0), figures, limits)


def _start(kind: str) -> None:
    """Memory is measured on CUDA only once CUDA is in use."""
    import torch

    torch.zeros(1, device=kind)


def _compute(kind: str) -> None:
    import torch

    numbers = torch.ones(1024, 1024, device=kind)
    until = time.perf_counter() + BUSY_SECONDS
    while time.perf_counter() < until:
        numbers = (numbers @ numbers).clamp(max=1)
        float(numbers[0, 0])  # wait for the device
