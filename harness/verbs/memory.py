"""`harness memory`: predict how much memory a recipe needs to train a model, without loading weights.

harness memory --model llama-3.1-8b --recipe peft/qlora --batch 4 --length 512 --device cuda
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from harness.config.project import Project
from harness.errors import ConfigError
from harness.memory_plan.fits import Fit, gpu_fits, machine_fit
from harness.runtime.quiet import quiet_libraries

if TYPE_CHECKING:
    from harness.measure.device import Device
    from harness.memory_plan.plan import Plan

PRECISIONS = ("auto", "float32", "bfloat16", "mixed")


def main(argv: Sequence[str]) -> int:
    """Print the plan and the memories that it fits."""
    options = _parser().parse_args(argv)
    project = Project.here()
    recipe = project.recipe(options.recipe)
    os.environ.setdefault("HF_HUB_OFFLINE", "0")  # a configuration may come from the hub; weights never do
    quiet_libraries()
    from harness.memory_plan.fake_model import planned_method
    from harness.memory_plan.model_config import model_config
    from harness.memory_plan.plan import Request, predict, with_settings
    from harness.training.refusals.misfits import require_fit

    planned_method(recipe)
    if options.activation_checkpointing is not None:
        recipe = with_settings(recipe, activation_checkpointing=options.activation_checkpointing)
    require_fit(project, recipe)
    config = model_config(options.model)
    device, autocast = planned_device(options.device, options.precision)
    request = Request(
        recipe=recipe,
        batch=options.batch,
        length=options.length,
        labelled=options.labelled,
        device=device,
        autocast=autocast,
    )
    plan = predict(config, request)
    here = machine_fit(plan.peak, device.kind)
    fits = [*gpu_fits(plan.peak), *([here] if here else [])]
    if options.json:
        print(json.dumps(as_json(plan, fits), indent=2))
    else:
        print(as_text(plan, fits, title=f"{recipe.about.title} of {options.model}", device=device))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness memory",
        description="Predict how much memory a recipe needs to train a model, from the model's configuration alone.",
        epilog="example: harness memory --model llama-3.1-8b --recipe peft/qlora --batch 4 --length 512 --device cuda",
    )
    parser.add_argument(
        "--model",
        required=True,
        help="a folder, a config.json, a built-in shape such as llama-3.1-8b (an unknown name lists all), "
        "or a repository of the Hugging Face hub",
    )
    parser.add_argument("--recipe", required=True, help="family/recipe, as in recipes/")
    parser.add_argument("--batch", type=int, required=True, help="rows on the device at once")
    parser.add_argument("--length", type=int, required=True, help="tokens per row")
    parser.add_argument("--labelled", type=int, default=8, help="labelled tokens per row (default: 8)")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="default: cuda if this machine has a GPU, else cpu")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto", help="as in params.yaml (default: auto)")
    parser.add_argument(
        "--activation-checkpointing", action=argparse.BooleanOptionalAction, help="default: as in the recipe"
    )
    parser.add_argument("--json", action="store_true", help="print the plan as JSON, in bytes")
    return parser


def planned_device(kind: str | None, precision: str) -> tuple[Device, bool]:
    """The device to plan for, which this machine need not have, and whether it multiplies in bfloat16.

    Raises:
        ConfigError: precision `mixed` for CUDA.
    """
    import torch

    from harness.measure.device import Device, prepare_device

    kind = kind or ("cuda" if torch.cuda.is_available() else "cpu")
    if kind == "cuda":
        if precision == "mixed":
            raise ConfigError("`mixed` is for CPUs only", where="--precision", expected="auto, float32 or bfloat16")
        dtype = "bfloat16" if precision == "auto" else precision
        return Device("cuda", "planned", 1, dtype), dtype == "bfloat16"
    here_mixed = precision == "auto" and bool(getattr(prepare_device("auto"), "mixed", False))
    dtype = "bfloat16" if precision == "bfloat16" else "float32"
    return Device("cpu", "planned", 1, dtype), dtype == "bfloat16" or precision == "mixed" or here_mixed


def as_json(plan: Plan, fits: Sequence[Fit]) -> dict[str, object]:
    """The plan and what it fits, in bytes, not rounded."""
    return {**asdict(plan), "fits": [asdict(fit) for fit in fits]}


def as_text(plan: Plan, fits: Sequence[Fit], *, title: str, device: Device) -> str:
    """The plan as a table for the terminal; 1 GB is 10^9 bytes."""
    from harness.display.numbers import count, megabytes

    rows = [
        ("weights", plan.weights),
        ("gradients", plan.gradients),
        ("optimiser", plan.optimiser),
        ("activations", plan.activations),
        ("logits and loss", plan.logits),
        ("CUDA context" if device.kind == "cuda" else "Python and libraries", plan.overhead),
        ("kept by the allocator", plan.kept),
        (f"peak ({plan.peak_phase})", plan.peak),
    ]
    lines = [
        f"{title}, {device.kind} {device.dtype}: "
        f"{count(plan.trainable_parameters)} of {count(plan.total_parameters)} parameters are trained"
    ]
    lines += [f"  {name:<22} {megabytes(size / 1e6):>10}" for name, size in rows]
    lines.append("  (1 GB is 10^9 bytes; the peak is counted, not summed: not everything is alive at once)")
    lines += [f"  {'fits' if fit.fits else 'does not fit'} {fit.where}" for fit in fits]
    return "\n".join(lines + [f"  note: {note}" for note in plan.notes])
