"""Live curves: trainers report to what the environment names, under the id of the run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import Trainer, TrainerCallback, TrainingArguments, trainer
from transformers.integrations import integration_utils

from harness.errors import ConfigError
from harness.runtime.trackers import PROJECT, VARIABLE, report_live, require_trackers, trackers_asked_for


class Recorder(TrainerCallback):  # type: ignore[misc]
    """A tracker as those of transformers: `setup` before the first line, then a line per log."""

    names: tuple[str, str] = ("", "")
    losses: list[float]

    def on_train_begin(self, args: Any, state: Any, control: Any, **further: Any) -> None:
        self.setup(args, state, further["model"])

    def setup(self, args: Any, state: Any, model: Any, **further: Any) -> None:
        Recorder.names, Recorder.losses = (args.run_name, args.project), []

    def on_log(self, args: Any, state: Any, control: Any, **further: Any) -> None:
        if "loss" in further["logs"]:
            Recorder.losses.append(further["logs"]["loss"])


class Line(torch.nn.Module):
    """y = w x with a squared loss."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"loss": ((self.weight * x - y) ** 2).mean()}


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(integration_utils.INTEGRATION_TO_CALLBACK, "recorder", Recorder)
    monkeypatch.setattr(trainer, "DEFAULT_CALLBACKS", list(trainer.DEFAULT_CALLBACKS))
    for name in ("WANDB_MODE", "WANDB_DIR", "MLFLOW_TRACKING_URI", "TENSORBOARD_LOGGING_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WANDB_PROJECT", "mine")
    return "recorder"


def test_a_trainer_made_later_reports_under_the_id_of_the_run(
    recorder: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:

    report_live([recorder], run_id="peft/lora-tickets-0", root=tmp_path)
    arguments = TrainingArguments(
        output_dir=str(tmp_path), max_steps=3, logging_steps=1, save_strategy="no", report_to=[], use_cpu=True
    )
    rows = [{"x": torch.tensor([1.0]), "y": torch.tensor([2.0])}] * 8
    Trainer(model=Line(), args=arguments, train_dataset=rows).train()
    assert Recorder.names == ("peft/lora-tickets-0", PROJECT)
    assert len(Recorder.losses) == 3
    assert arguments.run_name != "peft/lora-tickets-0"  # the settings of the run are untouched
    assert os.environ["WANDB_MODE"] == "offline"
    assert os.environ["WANDB_PROJECT"] == "mine"
    for name in ("WANDB_MODE", "WANDB_DIR", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "TENSORBOARD_LOGGING_DIR"):
        monkeypatch.delenv(name)


def test_the_environment_names_trackers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert trackers_asked_for() == []
    monkeypatch.setenv(VARIABLE, "trackio, wandb")
    assert trackers_asked_for() == ["trackio", "wandb"]


def test_an_unknown_tracker_and_a_missing_package_are_told_before_any_training() -> None:
    with pytest.raises(ConfigError, match='knows no tracker "wandbb"'):
        require_trackers(["wandbb"])
    with pytest.raises(ConfigError, match=r"trackio cannot be used: .*pip install trackio"):
        require_trackers(["trackio"])
