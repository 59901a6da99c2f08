"""The printed memory plan."""

from __future__ import annotations

import dataclasses

from harness.measure.device import Device
from harness.memory_plan.fits import gpu_fits
from harness.memory_plan.plan import Plan
from harness.verbs.memory import as_text

PLAN = Plan(
    weights=70_000_000_000,
    gradients=1_000_000_000,
    optimiser=2_000_000_000,
    activations=9_000_000_000,
    logits=1_000_000_000,
    overhead=500_000_000,
    kept=500_000_000,
    peak=84_000_000_000,
    peak_phase="forward",
    trainable_parameters=250_000_000,
    total_parameters=35_000_000_000,
    notes=(),
)


def printed(plan: Plan) -> str:
    return as_text(plan, gpu_fits(plan.peak), title="LoRA of x", device=Device("cuda", "planned", 1, "bfloat16"))


def test_a_printed_peak_above_80_gb_does_not_fit_80_gb() -> None:
    text = printed(PLAN)
    assert "84.0 GB" in text
    assert "  does not fit a GPU with 80 GB" in text


def test_a_printed_peak_below_80_gb_fits_80_gb() -> None:
    text = printed(dataclasses.replace(PLAN, peak=79_400_000_000))
    assert "79.4 GB" in text
    assert "  fits a GPU with 80 GB" in text
    assert "  does not fit a GPU with 48 GB" in text
