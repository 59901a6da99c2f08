"""The profile `gpu` promises that a 7B model trains on one 80 GB GPU. The memory plan checks every recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.errors import ConfigError
from harness.measure.device import Device
from harness.memory_plan.fake_model import planned_method
from harness.memory_plan.fits import GB
from harness.memory_plan.model_config import model_config
from harness.memory_plan.plan import Plan, Request, predict
from harness.training.train import resolved_budget
from tests.tree import copy_tree

PROMISED = 80 * GB
SHAPE = "qwen2.5-7b"
"""The built-in shape of the profile's causal language model."""
CUDA = Device("cuda", "planned", 1, "bfloat16")


@pytest.fixture(scope="module")
def gpu(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return copy_tree(tmp_path_factory.mktemp("gpu"), profile="gpu")


def planned_recipes(project: Project) -> list[Recipe]:
    """Active recipes on the causal language model; of several that need the same memory, one."""
    found: dict[str, Recipe] = {}
    for family, names in project.params.recipes.items():
        for name in names:
            recipe = project.recipe(f"{family}/{name}")
            try:
                planned_method(recipe)
            except ConfigError:
                continue  # nothing to train, a small encoder, or an encoder-decoder of 250 million parameters
            found[memory_needs(project, recipe)] = recipe
    return list(found.values())


def memory_needs(project: Project, recipe: Recipe) -> str:
    """Equal for recipes whose plans are equal. Methods with the same configuration of peft put on the same adapter."""
    assert recipe.run.train is not None
    adapter = getattr(planned_method(recipe), "config_class", None)
    other = None if adapter else (recipe.run.method, recipe.run.options)
    train = recipe.run.train.model_copy(update={"learning_rate": 1.0})
    length = resolved_budget(project.params.budget, recipe).max_length
    return repr((adapter, other, recipe.run.method == "qlora", recipe.run.peft, train, length))


def plan_of(project: Project, recipe: Recipe) -> Plan:
    assert recipe.run.train is not None
    request = Request(
        recipe=recipe,
        batch=recipe.run.train.per_device_train_batch_size,
        length=resolved_budget(project.params.budget, recipe).max_length,
        labelled=64,
        device=CUDA,
        autocast=True,
    )
    return predict(model_config(SHAPE), request)


def test_the_shape_is_that_of_the_profiles_model(gpu: Project) -> None:
    assert gpu.params.base_models["causal_lm"].name.lower().startswith(SHAPE)


def test_every_recipe_fits_the_gpu_that_the_profile_promises(gpu: Project) -> None:
    recipes = planned_recipes(gpu)
    assert {"full", "dora", "qlora", "peft", "adapter"} <= {recipe.run.method for recipe in recipes}
    peaks = {recipe.id: plan_of(gpu, recipe).peak / GB for recipe in recipes}
    too_large = {name: round(peak, 1) for name, peak in peaks.items() if peak > PROMISED / GB}
    assert not too_large


def test_every_update_sees_as_many_rows_as_with_the_other_profiles(gpu: Project, tmp_path: Path) -> None:
    other = copy_tree(tmp_path)
    for recipe_id in gpu.recipe_ids:
        ours, theirs = gpu.recipe(recipe_id).run.train, other.recipe(recipe_id).run.train
        if ours is None or theirs is None:
            continue
        rows = [t.per_device_train_batch_size * t.gradient_accumulation_steps for t in (ours, theirs)]
        assert rows[0] == rows[1], recipe_id
        assert ours.learning_rate == theirs.learning_rate
