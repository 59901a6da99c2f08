"""The loop of sentence encoders on pairs: the real trainer on the tiny encoder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from harness.bases.prepare import prepare_base
from harness.config.project import Project
from harness.errors import RunFailed
from harness.measure.device import prepare_device
from harness.models.sentence_encoder import load_encoder
from harness.training.contract import TrainContext
from harness.training.lessons.contrastive_pairs import TextPair
from harness.training.loops.encoder_loop import train_on_pairs
from tests.bench.training import bench_context

PAIRS = [TextPair(f"horse {n}", f"mare {n}" if n % 2 else f"pump {n}", float(n % 2)) for n in range(24)]


@pytest.fixture
def project(prepared: Project) -> Project:
    prepare_base(prepared, "encoder")
    return prepared


def context_of(project: Project, folder: Path, **train: Any) -> TrainContext:
    recipe = project.recipe("lowresource/setfit")
    assert recipe.run.train is not None
    settings = recipe.run.train.model_copy(update={"per_device_train_batch_size": 4, **train})
    recipe = recipe.model_copy(update={"run": recipe.run.model_copy(update={"train": settings})})
    return bench_context(project, recipe, device=prepare_device("float32"), folder=folder, examples=len(PAIRS))


def encoder_of(project: Project) -> Any:
    return load_encoder(project.base_folder("encoder"), prepare_device("float32")).model


def test_an_interrupted_training_continues_to_the_same_weights(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    context = context_of(project, tmp_path)
    whole = encoder_of(project)
    assert train_on_pairs(whole, PAIRS, context=context).steps == 6
    resumable = replace(context, checkpoint_minutes=0.0)

    def interrupted(self: Any, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        if state.global_step > 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("harness.training.loops.watcher.Watcher.on_log", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train_on_pairs(encoder_of(project), PAIRS, context=resumable)
    again = encoder_of(project)
    outcome = train_on_pairs(again, PAIRS, context=resumable)
    assert "continuing from checkpoint-3" in capsys.readouterr().out
    assert [point.step for point in outcome.curve if point.name == "loss"] == [1, 2, 3, 4, 5, 6]
    expected = whole.state_dict()
    assert all(torch.equal(tensor, expected[name]) for name, tensor in again.state_dict().items())


def test_settings_that_the_trainer_refuses_are_a_failed_run(project: Project, tmp_path: Path) -> None:
    context = context_of(project, tmp_path, optim="adamw_nowhere")
    with pytest.raises(RunFailed, match="refused by sentence_transformers"):
        train_on_pairs(encoder_of(project), PAIRS, context=context)
