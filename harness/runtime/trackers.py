"""Live curves of trainings in experiment trackers, by the callbacks of transformers.

HARNESS_REPORT_TO=trackio harness train peft/lora --domain hs_products

The names are those of `report_to` in transformers. They are no setting of a run: they are not hashed, they change no
weights, and no row becomes stale. A variable of the environment carries them, so that stages which DVC or Ray starts
report too.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.errors import ConfigError

VARIABLE = "HARNESS_REPORT_TO"
"""Names of trackers, separated by commas."""
PROJECT = "finetune-harness"
"""Name of the project or experiment in every tracker."""


def trackers_asked_for() -> list[str]:
    """The trackers that the environment names; usually none."""
    return [name.strip() for name in os.environ.get(VARIABLE, "").split(",") if name.strip()]


def require_trackers(names: Sequence[str]) -> None:
    """Check that transformers knows each tracker and that it is installed.

    Raises:
        ConfigError: one is unknown, or its package is missing.
    """
    for name in names:
        _callback(name)


def report_live(names: Sequence[str], *, run_id: str, root: Path) -> None:
    """Let every trainer that this process makes report to the trackers, under the id of the run.

    Weights & Biases and MLflow write below `root`/runs unless their own variables say otherwise; nothing is sent
    anywhere unless WANDB_MODE=online or an address asks for it.

    Raises:
        ConfigError: as `require_trackers`.
    """
    if not names:
        return
    from transformers import trainer

    runs = root.resolve() / "runs"
    for variable, value in {
        "WANDB_MODE": "offline",
        "WANDB_DIR": str(runs),
        "WANDB_PROJECT": PROJECT,
        "MLFLOW_TRACKING_URI": f"sqlite:///{runs / 'mlflow.db'}",
        "MLFLOW_EXPERIMENT_NAME": PROJECT,
        "TENSORBOARD_LOGGING_DIR": str(runs / "tensorboard" / run_id),
    }.items():
        os.environ.setdefault(variable, value)
    for name in names:
        trainer.DEFAULT_CALLBACKS.append(_named(_callback(name), run_id))


def _callback(name: str) -> type[Any]:
    """The callback of a tracker, tried once: each refuses to be made where its package is missing."""
    from transformers.integrations.integration_utils import INTEGRATION_TO_CALLBACK

    found: type[Any] | None = INTEGRATION_TO_CALLBACK.get(name)
    if found is None:
        known = ", ".join(sorted(INTEGRATION_TO_CALLBACK))
        raise ConfigError(f'transformers knows no tracker "{name}"', where="--report-to", expected=f"one of {known}")
    try:
        found()
    except (RuntimeError, ImportError) as error:
        hint = "install it beside the harness, then run the same command again"
        raise ConfigError(f"{name} cannot be used: {error}", where="--report-to", hint=hint) from None
    return found


def _named(callback: type[Any], run_id: str) -> type[Any]:
    """The callback with settings of which only the names differ: the trainer's own stay as they are."""

    class Named(callback):  # type: ignore[misc]
        def setup(self, args: Any, *further: Any, **named: Any) -> Any:
            args = copy.copy(args)
            args.run_name, args.project = run_id, PROJECT
            return super().setup(args, *further, **named)

    return Named
