"""The printed memory plan."""

from __future__ import annotations

import dataclasses
import json

import pytest

from harness.config.project import Project
from harness.errors import ConfigError
from harness.measure.device import Device
from harness.memory_plan.fits import gpu_fits
from harness.memory_plan.plan import Plan
from harness.verbs.memory import as_text, main

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


@pytest.fixture
def here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project around the working directory."""
    monkeypatch.chdir(project.root)
    return project


def arguments(recipe: str) -> list[str]:
    return ["--model", "smollm2-135m", "--recipe", recipe, "--batch", "1", "--length", "16", "--device", "cpu"]


def test_the_json_has_bytes_and_a_verdict_per_memory(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments("peft/p_tuning"), "--json"]) == 0
    printed_plan = json.loads(capsys.readouterr().out)
    assert printed_plan["weights"] == pytest.approx(4 * 134.5e6, rel=0.1)
    assert all(fit["fits"] == (printed_plan["peak"] <= fit["bytes"]) for fit in printed_plan["fits"])


def test_a_setting_that_the_method_refuses_is_an_error(here: Project) -> None:
    with pytest.raises(ConfigError, match=r"does not work with .?activation.checkpointing"):
        main([*arguments("peft/prefix_tuning"), "--activation-checkpointing"])


def test_a_recipe_without_a_plan_is_refused_before_the_model_is_looked_up(here: Project) -> None:
    with pytest.raises(ConfigError, match="no memory plan for the method tfidf"):
        main(["--model", "no/such", "--recipe", "baseline/tfidf", "--batch", "1", "--length", "16"])
