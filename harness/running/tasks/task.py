"""One thing to run: a stage of dvc.yaml, or one step of a row of one's own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.pipeline.history import Estimate

GB = 1000**3
DVC = "harness.running.around_dvc.dvc_program"
"""The module that is DVC with a faster reading of dvc.lock."""


@dataclass(frozen=True)
class Needs:
    """What a task takes of a machine while it runs."""

    cpus: int | None = None
    """Cores; null: the runner gives each task an equal share."""
    gpus: int = 0
    memory_gb: float | None = None
    """Peak memory in GB (10^9 bytes), measured or from the hint in dvc.yaml; null: unknown."""


@dataclass(frozen=True)
class Task:
    """A command and what it waits for."""

    name: str
    """The stage, `peft@lora-hs_products-0`, or `own score peft/lora-hs_products-0`."""
    command: tuple[str, ...]
    after: frozenset[str] = frozenset()
    """Names of tasks that must have ended well before this one starts."""
    needs: Needs = Needs()
    seconds: float | None = None
    """How long it took when it last ran; null: never measured."""


def stage_command(stage: str, *, allow_missing: bool, force: bool = False, pull: bool = False) -> tuple[str, ...]:
    """DVC's command for one stage alone. DVC decides whether it has to run.

    With `allow_missing`, a stage whose recorded inputs and outputs are unchanged counts as up to date even where files
    of the cache (weights) are not on this disk. With `pull` such files come from the remote. The command waits while
    another DVC process writes dvc.lock.
    """
    chosen = {"--allow-missing": allow_missing, "--force": force, "--pull": pull}
    options = [option for option, wanted in chosen.items() if wanted]
    return sys.executable, "-P", "-m", DVC, "--wait-for-lock", "repro", "--single-item", *options, stage


def needs_of(resources: Mapping[str, Any], estimate: Estimate | None, *, gpus: bool) -> Needs:
    """What a stage takes: `meta.resources` of dvc.yaml, and the measured peak of memory where there is one.

    Args:
        resources: `cpus`, `gpus`, `memory_gb`; other keys do not count.
        estimate: what the stage took before.
        gpus: whether stages use GPUs here. If not, a stage that names GPUs runs on the CPU.
    """
    measured = estimate.memory_mb if estimate else None
    hint = resources.get("memory_gb")
    return Needs(
        cpus=int(resources["cpus"]) if resources.get("cpus") else None,
        gpus=int(resources.get("gpus") or 0) if gpus else 0,
        memory_gb=measured / 1000 if measured is not None else float(hint) if hint is not None else None,
    )
