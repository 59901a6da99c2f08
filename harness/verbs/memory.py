"""Verb `memory`: what a recipe will need to train a model, from the model's configuration alone."""

from __future__ import annotations

import argparse
import json
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
    """`harness memory --model M --recipe FAMILY/RECIPE --batch B --length L [--device D] [--precision P] [--json]`."""
    options = _parser().parse_args(argv)
    recipe = Project.here().recipe(options.recipe)
    _ask_the_hub()
    quiet_libraries()
    from harness.memory_plan.fake_model import planned_method
    from harness.memory_plan.model_config import model_config
    from harness.memory_plan.plan import Request, predict, with_settings

    planned_method(recipe)
    config = model_config(options.model)
    if options.activation_checkpointing is not None:
        recipe = with_settings(recipe, activation_checkpointing=options.activation_checkpointing)
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
    fits = gpu_fits(plan.peak)
    here = machine_fit(plan.peak, device.kind)
    if options.json:
        print(json.dumps(as_json(plan, [*fits, *([here] if here else [])]), indent=2))
    else:
        print(as_text(plan, fits, here, title=f"{recipe.about.title} of {options.model}", device=device))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="harness memory", description=__doc__)
    parser.add_argument("--model", required=True, help="a folder, a config.json, a hub name, or a name like llama-65b")
    parser.add_argument("--recipe", required=True, help="family/recipe, as in recipes/")
    parser.add_argument("--batch", type=int, required=True, help="rows on the device at once")
    parser.add_argument("--length", type=int, required=True, help="tokens of a row")
    parser.add_argument("--labelled", type=int, default=8, help="labelled tokens of a row (default 8)")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="default: what this machine has")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto", help="as in params.yaml")
    parser.add_argument(
        "--activation-checkpointing", action=argparse.BooleanOptionalAction, help="default: as the recipe says"
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    return parser


def _ask_the_hub() -> None:
    """A configuration may come from the hub, unless the user said otherwise; weights never do."""
    import os

    os.environ.setdefault("HF_HUB_OFFLINE", "0")


def planned_device(kind: str | None, precision: str) -> tuple[Device, bool]:
    """The device to plan for, which need not be here, and whether it multiplies in bfloat16.

    Raises:
        ConfigError: `mixed` on CUDA, where it means nothing of its own.
    """
    import torch

    from harness.measure.device import Device, prepare_device

    kind = kind or ("cuda" if torch.cuda.is_available() else "cpu")
    if kind == "cuda":
        if precision == "mixed":
            raise ConfigError("mixed is for CPUs", where="--precision", expected="auto, float32 or bfloat16")
        dtype = "bfloat16" if precision == "auto" else precision
        return Device("cuda", "planned", 1, dtype), dtype == "bfloat16"
    here_mixed = precision == "auto" and bool(getattr(prepare_device("auto"), "mixed", False))
    dtype = "bfloat16" if precision == "bfloat16" else "float32"
    return Device("cpu", "planned", 1, dtype), dtype == "bfloat16" or precision == "mixed" or here_mixed


def as_json(plan: Plan, fits: Sequence[Fit]) -> dict[str, object]:
    """Bytes, not rounded."""
    return {**asdict(plan), "fits": [asdict(fit) for fit in fits]}


def as_text(plan: Plan, fits: Sequence[Fit], here: Fit | None, *, title: str, device: Device) -> str:
    """The table that people read."""
    from harness.display.numbers import count, megabytes

    context = "CUDA context" if device.kind == "cuda" else "Python and libraries"
    rows = [
        ("weights", plan.weights),
        ("gradients", plan.gradients),
        ("optimiser", plan.optimiser),
        ("activations", plan.activations),
        ("logits and loss", plan.logits),
        (context, plan.overhead),
        ("kept by the allocator", plan.kept),
        (f"peak ({plan.peak_phase})", plan.peak),
    ]
    lines = [
        f"{title}, {device.kind} {device.dtype}: "
        f"{count(plan.trainable_parameters)} of {count(plan.total_parameters)} parameters learn"
    ]
    lines += [f"  {name:<22} {megabytes(size / 1e6):>10}" for name, size in rows]
    lines.append("  (not all of it lives at once; the peak is counted, not summed)")
    lines += [f"  {'fits' if fit.fits else 'does not fit'} {fit.where}" for fit in [*fits, *([here] if here else [])]]
    return "\n".join(lines + [f"  note: {note}" for note in plan.notes])
