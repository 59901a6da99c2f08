"""The loop of `heads`: the real trainer on the tiny encoder, two tasks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from harness.bases.prepare import prepare_base
from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.errors import RunFailed
from harness.items.prepared import PreparedDomain
from harness.measure.device import prepare_device
from harness.models.task_heads import TaskHeads, wide_encoder
from harness.training.contract import TrainContext
from harness.training.lessons.lesson import Lesson
from harness.training.loops.heads_loop import HeadsTrainer, fit_heads, steps_of_all_tasks
from tests.bench.training import bench_context

ROWS = {"classify": 20, "claims": 12}
SIZE = 8


@pytest.fixture
def project(prepared: Project) -> Project:
    prepare_base(prepared, "encoder")
    return prepared


@pytest.fixture
def context(project: Project, tmp_path: Path) -> TrainContext:
    return context_of(project, tmp_path)


def context_of(project: Project, folder: Path, **train: Any) -> TrainContext:
    recipe: Recipe = project.recipe("multitask/heads")
    assert recipe.run.train is not None
    settings = recipe.run.train.model_copy(update={"per_device_train_batch_size": SIZE, "learning_rate": 3e-3, **train})
    recipe = recipe.model_copy(update={"run": recipe.run.model_copy(update={"train": settings})})
    device = prepare_device("float32")
    context = bench_context(project, recipe, device=device, folder=folder, examples=sum(ROWS.values()))
    return replace(context, budget=context.budget.model_copy(update={"epochs": 2}))


def lessons_of(project: Project) -> list[Lesson]:
    domain = PreparedDomain.open(project.prepared_folder("hs_products"))
    return [Lesson(q, task) for task, n in ROWS.items() for q in domain.questions(task, "train", limit=n)]


def model_of(project: Project, lessons: list[Lesson]) -> TaskHeads:
    torch.manual_seed(0)
    labels: dict[str, list[str]] = {}
    for lesson in lessons:
        labels[lesson.task] = sorted({*labels.get(lesson.task, ()), *lesson.question.choices})
    return TaskHeads(wide_encoder(project.base_folder("encoder"), prepare_device("float32")), labels, max_length=32)


def weights(model: TaskHeads) -> dict[str, torch.Tensor]:
    states = {**model.layers.state_dict(), **model.encoder.state_dict()}
    return {name: tensor.clone() for name, tensor in states.items()}


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Task and number of rows of each batch, in the order in which they were trained."""
    found: list[tuple[str, int]] = []
    compute = HeadsTrainer.compute_loss

    def watched(self: Any, model: Any, inputs: dict[str, Any], **rest: Any) -> Any:
        found.append((inputs["dataset_name"], len(inputs["label"])))
        return compute(self, model, inputs, **rest)

    monkeypatch.setattr(HeadsTrainer, "compute_loss", watched)
    return found


def test_every_batch_holds_one_task_and_an_epoch_every_row_once(
    project: Project, context: TrainContext, batches: list[tuple[str, int]]
) -> None:
    lessons = lessons_of(project)
    outcome = fit_heads(model_of(project, lessons), lessons, context=context)
    assert outcome.steps == len(batches) == 2 * (3 + 2)
    for epoch in (batches[:5], batches[5:]):
        assert sorted(epoch) == [("claims", 4), ("claims", 8), ("classify", 4), ("classify", 8), ("classify", 8)]
    tasks = [task for task, _ in batches]
    assert tasks[:5] != tasks[5:]  # each epoch has its own order


def test_the_encoder_and_every_head_learn(project: Project, context: TrainContext) -> None:
    lessons = lessons_of(project)
    model = model_of(project, lessons)
    before = weights(model)
    fit_heads(model, lessons, context=context)
    after = weights(model)
    heads = [f"{task}.{part}" for task in ROWS for part in ("weight", "bias")]
    layer = next(name for name in before if name.endswith("attention.self.query.weight"))
    assert [name for name in (*heads, layer) if torch.equal(before[name], after[name])] == []


def test_the_loss_falls(project: Project, context: TrainContext) -> None:
    lessons = lessons_of(project)
    longer = replace(context, budget=context.budget.model_copy(update={"epochs": 15}))
    outcome = fit_heads(model_of(project, lessons), lessons, context=longer)
    losses = [point.value for point in outcome.curve if point.name == "loss"]
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])


def test_accumulated_batches_count_as_one_step(project: Project, tmp_path: Path) -> None:
    context = context_of(project, tmp_path, gradient_accumulation_steps=2)
    assert steps_of_all_tasks(ROWS, context=context) == 5
    assert steps_of_all_tasks({"classify": 1}, context=context) == 1


def test_an_interrupted_training_continues_to_the_same_weights(
    project: Project, context: TrainContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons = lessons_of(project)
    whole = model_of(project, lessons)
    fit_heads(whole, lessons, context=context)
    resumable = replace(context, checkpoint_minutes=0.0)

    def interrupted(self: Any, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        if state.global_step > 6:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("harness.training.loops.watcher.Watcher.on_log", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fit_heads(model_of(project, lessons), lessons, context=resumable)
    assert (context.checkpoints / "checkpoint-6").is_dir()
    again = model_of(project, lessons)
    with torch.no_grad():  # the checkpoint's weights replace these
        for parameter in again.layers.parameters():
            parameter.zero_()
    outcome = fit_heads(again, lessons, context=resumable)
    assert outcome.steps == 10
    expected = weights(whole)
    assert all(torch.equal(tensor, expected[name]) for name, tensor in weights(again).items())


def test_settings_that_the_trainer_refuses_are_a_failed_run(project: Project, tmp_path: Path) -> None:
    lessons = lessons_of(project)
    context = context_of(project, tmp_path, optim="adamw_nowhere")
    with pytest.raises(RunFailed, match="refused by sentence_transformers"):
        fit_heads(model_of(project, lessons), lessons, context=context)
