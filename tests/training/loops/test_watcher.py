"""The callback of all loops, called as a trainer calls it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerControl, TrainerState, TrainingArguments

from harness.config.project import Project
from harness.errors import RunFailed
from harness.measure.device import prepare_device
from harness.runtime.progress import Progress
from harness.training.contract import TrainContext
from harness.training.loops.arguments import CURVE_POINTS, logging_steps, optimizer_steps
from harness.training.loops.checkpoints import NOTE, elapsed_seconds, steps_done, usable_checkpoint, write_note
from harness.training.loops.watcher import Watcher
from tests.bench.training import bench_context


@pytest.fixture
def context(project: Project, tmp_path: Path) -> TrainContext:
    recipe = project.recipe("peft/lora")
    made = bench_context(project, recipe, device=prepare_device("float32"), folder=tmp_path / "run", examples=4)
    return replace(made, checkpoint_minutes=0.0, config_hash="mine")


def watcher_of(context: TrainContext, *, resumable: bool = True) -> Watcher:
    return Watcher(context, Progress("train", total=4, stream=io.StringIO()), resumable=resumable)


def called(watcher: Watcher, event: str, *, step: int, **more: Any) -> TrainerControl:
    control, state = TrainerControl(), TrainerState(global_step=step, max_steps=4)
    arguments = TrainingArguments(output_dir=str(watcher.context.checkpoints))
    getattr(watcher, event)(arguments, state, control, **more)
    return control


@pytest.mark.parametrize("name", ["loss", "loss/policy_avg"])
@pytest.mark.parametrize(("value", "text"), [(float("nan"), "nan"), (float("inf"), "inf")])
def test_a_loss_that_is_not_finite_ends_the_run(context: TrainContext, name: str, value: float, text: str) -> None:
    with pytest.raises(RunFailed, match=f"^diverged: the loss became {text} at step 3$"):
        called(watcher_of(context), "on_log", step=3, logs={name: value})


def test_other_numbers_may_be_anything(context: TrainContext) -> None:
    called(watcher_of(context), "on_log", step=3, logs={"grad_norm": float("inf"), "loss": 0.5})
    called(watcher_of(context), "on_log", step=3, logs={"objective/kl": float("nan")})
    called(watcher_of(context), "on_log", step=3)


def test_the_progress_line_shows_every_loss(context: TrainContext) -> None:
    stream = io.StringIO()
    with Progress("train", total=1, stream=stream) as progress:
        watcher = Watcher(context, progress, resumable=True)
        called(watcher, "on_log", step=1, logs={"loss/policy_avg": 0.25, "loss/value_avg": 1.5, "reward": 3})
        called(watcher, "on_step_end", step=1)
    assert "1/1, 0 s, loss/policy_avg 0.250, loss/value_avg 1.500" in stream.getvalue()


def test_a_checkpoint_is_due_when_the_minutes_have_passed_and_steps_remain(context: TrainContext) -> None:
    assert called(watcher_of(context), "on_step_end", step=3).should_save
    assert not called(watcher_of(context), "on_step_end", step=4).should_save
    patient = replace(context, checkpoint_minutes=60.0)
    assert not called(watcher_of(patient), "on_step_end", step=3).should_save


def test_a_trainer_that_cannot_resume_gets_no_checkpoint(context: TrainContext) -> None:
    assert not called(watcher_of(context, resumable=False), "on_step_end", step=3).should_save


def test_a_complete_checkpoint_of_this_configuration_is_used(context: TrainContext) -> None:
    folder = context.checkpoints / "checkpoint-3"
    folder.mkdir(parents=True)
    context.phases.add("train", 100.0)  # of an earlier interruption
    called(watcher_of(context), "on_save", step=3)
    assert usable_checkpoint(context) == folder
    assert steps_done(folder) == 3
    assert elapsed_seconds(folder) == pytest.approx(100, abs=5)
    assert json.loads((folder / NOTE).read_text())["config"] == "mine"


@pytest.mark.parametrize("complete", [True, False])
def test_an_incomplete_or_foreign_checkpoint_is_deleted(context: TrainContext, complete: bool) -> None:
    folder = context.checkpoints / "checkpoint-3"
    folder.mkdir(parents=True)
    if complete:
        write_note(folder, config_hash="another", elapsed=1.0)
    assert usable_checkpoint(context) is None
    assert not context.checkpoints.exists()


def test_without_checkpoints_a_training_starts_anew(context: TrainContext) -> None:
    assert usable_checkpoint(context) is None


@pytest.mark.parametrize(("steps", "every"), [(1, 1), (39, 1), (80, 2), (1000, 25)])
def test_about_forty_points_are_logged(steps: int, every: int) -> None:
    assert logging_steps(steps) == every
    assert steps // every <= 2 * CURVE_POINTS


def test_a_training_has_at_least_one_step(context: TrainContext) -> None:
    assert optimizer_steps(context, examples=1) == 1
    assert optimizer_steps(context, examples=33) == 3
