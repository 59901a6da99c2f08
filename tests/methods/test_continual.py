"""Recipes that learn one domain after another, on the tiny model: two steps of each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from harness.config.project import Project
from harness.errors import RunFailed
from harness.items.prepared import PreparedDomain
from harness.measure.device import prepare_device
from harness.methods.ewc import FISHER, penalty_of
from harness.models.loaded import LanguageModel
from harness.training.continual_lm import first_start
from harness.training.contract import TrainContext
from harness.training.registry import get_method
from tests.bench.training import bench_context
from tests.tree import ROOT

EXAMPLES = 32
FIRST, SECOND = "hs_products", "other"


@pytest.fixture
def project(prepared: Project) -> Project:
    """With a second domain: the first one under another name."""
    folder = prepared.prepared_folder(FIRST)
    other = prepared.prepared_folder(SECOND)
    shutil.copytree(folder, other)
    meta = json.loads((other / "views.json").read_text())
    meta["name"] = SECOND
    (other / "views.json").write_text(json.dumps(meta))
    return prepared


def step(
    project: Project, recipe_id: str, folder: Path, *, before: TrainContext | None = None, rate: float = 1e-3
) -> TrainContext:
    recipe = project.recipe(recipe_id)
    assert recipe.run.train is not None
    train = recipe.run.train.model_copy(update={"learning_rate": rate})
    recipe = recipe.model_copy(update={"run": recipe.run.model_copy(update={"train": train})})
    context = bench_context(project, recipe, device=prepare_device("float32"), folder=folder, examples=EXAMPLES)
    new = PreparedDomain.open(project.prepared_folder(SECOND if before else FIRST))
    earlier = (PreparedDomain.open(project.prepared_folder(FIRST)),) if before else ()
    parents: Mapping[str, Any] = {"model": before} if before else {}
    return replace(context, base_name="tiny", domains=(new,), earlier_domains=earlier, parents=parents)


def adapter(context: TrainContext) -> dict[str, torch.Tensor]:
    return load_file(context.folder / "adapter/adapter_model.safetensors")


def moved(one: TrainContext, other: TrainContext) -> float:
    first, second = adapter(one), adapter(other)
    return max(float((second[name] - first[name]).abs().max()) for name in first)


def two_steps(project: Project, recipe: str, folder: Path, *, rate: float = 1e-3) -> tuple[TrainContext, TrainContext]:
    first = step(project, recipe, folder / "first", rate=rate)
    get_method(first.recipe.run.method).train(first)
    second = step(project, recipe, folder / "second", before=first, rate=rate)
    get_method(second.recipe.run.method).train(second)
    return first, second


def test_a_step_trains_the_adapter_of_the_step_before(project: Project, tmp_path: Path) -> None:
    first, second = two_steps(project, "continual/naive", tmp_path, rate=1e-9)
    assert moved(first, second) < 1e-4  # it started where the first step ended
    assert isinstance(get_method("naive").load(second), LanguageModel)


def test_replay_adds_examples_of_earlier_domains_from_the_second_step_on(project: Project, tmp_path: Path) -> None:
    method = get_method("replay")
    first = step(project, "continual/replay_10", tmp_path / "first")
    assert {lesson.task for lesson in method.lessons(first)} == {"classify"}  # type: ignore[attr-defined]
    second = step(project, "continual/replay_10", tmp_path / "second", before=first)
    tasks = [lesson.task for lesson in method.lessons(second)]  # type: ignore[attr-defined]
    assert tasks.count(f"{FIRST}/classify") == 3  # a tenth of 32
    assert tasks.count("classify") == EXAMPLES


def test_the_control_adds_as_many_of_the_new_domain(project: Project, tmp_path: Path) -> None:
    method = get_method("replay")
    first = step(project, "continual/replay_control", tmp_path / "first")
    second = step(project, "continual/replay_control", tmp_path / "second", before=first)
    lessons = method.lessons(second)  # type: ignore[attr-defined]
    assert len(lessons) == EXAMPLES + 3
    assert len({lesson.question.id for lesson in lessons}) == EXAMPLES + 3
    assert {lesson.task for lesson in lessons} == {"classify", f"{SECOND}/classify"}


def test_more_replay_than_there_are_examples_is_refused(project: Project, tmp_path: Path) -> None:
    first = step(project, "continual/replay_10", tmp_path / "first")
    second = step(project, "continual/replay_10", tmp_path / "second", before=first)
    everything = second.budget.model_copy(update={"train_examples": 10_000})
    many = second.recipe.run.model_copy(update={"options": {"share": 1.0, "drawn_from": "new"}})
    greedy = replace(second, budget=everything, recipe=second.recipe.model_copy(update={"run": many}))
    with pytest.raises(RunFailed, match=f"further examples of {SECOND} are wanted, and it has 0"):
        get_method("replay").before_loading(greedy)  # type: ignore[attr-defined]


def test_the_penalty_is_zero_at_the_anchor_and_grows_with_the_distance() -> None:
    layer = torch.nn.Linear(2, 1)
    importance = {name: torch.ones_like(weight) for name, weight in layer.named_parameters()}
    anchor = {name: weight.detach().clone() for name, weight in layer.named_parameters()}
    penalty = penalty_of(layer, (importance, anchor), strength=2.0)
    assert float(penalty()) == 0.0
    with torch.no_grad():
        layer.bias.add_(3.0)
    assert float(penalty()) == pytest.approx(9.0)  # 2 / 2 * 3 ** 2: the anchor did not move along


def test_a_huge_penalty_freezes_and_importance_adds_up(project: Project, tmp_path: Path) -> None:
    first = step(project, "continual/ewc", tmp_path / "first", rate=1e-2)
    get_method("ewc").train(first)
    distances = []  # mean over the weights: the optimiser takes its first step before the penalty can pull
    for name, strength in (("free", 1e-9), ("held", 1e12)):
        second = step(project, "continual/ewc", tmp_path / name, before=first, rate=1e-2)
        run = second.recipe.run.model_copy(update={"options": {"ewc_lambda": strength}})
        budget = second.budget.model_copy(update={"epochs": 8})
        second = replace(second, recipe=second.recipe.model_copy(update={"run": run}), budget=budget)
        get_method("ewc").train(second)
        known = load_file(first.folder / FISHER)
        important = {
            key.partition("/")[2] for key, value in known.items() if key.startswith("fisher/") and value.max() > 0
        }
        now = load_file(second.folder / FISHER)
        apart = [(now[f"anchor/{name}"] - known[f"anchor/{name}"]).abs().mean() for name in important]
        distances.append(float(sum(apart) / len(apart)))
        assert all((now[f"fisher/{n}"] >= known[f"fisher/{n}"]).all() for n in important)
    assert distances[1] < 0.8 * distances[0]


def test_joint_training_learns_all_domains_from_the_base(project: Project, tmp_path: Path) -> None:
    first = step(project, "continual/joint", tmp_path / "first")
    second = replace(step(project, "continual/joint", tmp_path / "second", before=first), parents={})
    trained = get_method("joint").train(second)
    assert trained.examples == 2 * EXAMPLES


def test_osf_freezes_the_strongest_directions_and_more_of_them_in_each_step(project: Project, tmp_path: Path) -> None:
    first, second = two_steps(project, "continual/osf", tmp_path, rate=1e-2)
    ranks = [
        json.loads((one.folder / "adapter/adapter_config.json").read_text())["effective_rank"]
        for one in (first, second)
    ]
    assert ranks == [0.3, 0.5]
    learnt, wide = (load_file(one.folder / "adapter/adapter_model.safetensors") for one in (second, first))
    name = next(name for name in learnt if "q_proj" in name and "U_low" in name)
    assert learnt[name].shape[1] < wide[name].shape[1]
    method = get_method("osf")
    before, after = (weight_of(method.load(one), "q_proj") for one in (first, second))
    assert float((after - before).abs().max()) > 1e-4  # the second step goes on from the first one's weights


def weight_of(loaded: Any, name: str) -> torch.Tensor:
    """The weight of the first layer of this name, with whatever was merged into it."""
    state: dict[str, torch.Tensor] = loaded.model.state_dict()
    return next(value for key, value in state.items() if f"{name}.weight" in key).detach().clone()


def test_merging_adds_up_the_changes_of_all_steps(project: Project, tmp_path: Path) -> None:
    method = get_method("merge")
    first = step(project, "continual/merge", tmp_path / "first", rate=1e-2)
    method.train(first)
    second = replace(step(project, "continual/merge", tmp_path / "second", before=first, rate=1e-2), seed=1)
    method.train(second)
    assert moved(first, second) > 1e-4  # a new adapter, which does not start from that of the first step
    base = weight_of(first_start(first), "q_proj")
    changes = []
    for context in (first, second):
        alone = replace(context, parents={})
        tensors = adapter(alone)
        key = next(name for name in tensors if "q_proj.lora_A" in name)
        scale = 2.0  # lora_alpha / r
        changes.append(scale * tensors[key.replace("lora_A", "lora_B")] @ tensors[key])
    only_first = weight_of(method.load(first), "q_proj")
    assert torch.allclose(only_first, base + changes[0], atol=1e-5)
    both = weight_of(method.load(second), "q_proj")
    assert torch.allclose(both, base + 0.5 * (changes[0] + changes[1]), atol=1e-5)
    ties = second.recipe.run.model_copy(update={"options": {"combination_type": "ties_svd", "density": 0.5}})
    dropped = weight_of(method.load(replace(second, recipe=second.recipe.model_copy(update={"run": ties}))), "q_proj")
    assert torch.isfinite(dropped).all()
    assert not torch.allclose(dropped, base + changes[0] + changes[1], atol=1e-5)


def test_a_share_for_all_steps_of_osf_is_refused() -> None:
    project = Project(ROOT)
    recipe = project.recipe("continual/osf")
    run = recipe.run.model_copy(update={"peft": {"effective_rank": 0.5}})
    (mistake,) = get_method("osf").refusals(recipe.model_copy(update={"run": run}))
    assert "the method sets `effective_rank` in each step" in mistake.what
