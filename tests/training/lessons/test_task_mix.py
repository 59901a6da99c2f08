from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.project import Project
from harness.config.recipe import Recipe, Subset
from harness.items.rows import Question
from harness.training.lessons.lesson import Lesson
from harness.training.lessons.task_mix import PAIRED, TASKS, MixOptions, example_counts, mix_notes
from harness.training.refusals.misfits import misfits
from harness.training.registry import get_method
from tests.tree import ROOT

SIZES = {"classify": 4189, "claims": 300, "unanswerable": 300}


def counts(sizes: dict[str, int], total: int, **options: object) -> dict[str, int]:
    return example_counts(sizes, total, MixOptions.model_validate({"tasks": ["classify"], **options}))


def recipe(**options: object) -> Recipe:
    options = {"tasks": ["classify", "claims"], **options}
    run = {"method": "multitask", "options": options, "train": {"learning_rate": 1e-3}}
    return Recipe.model_validate({"family": "multitask", "name": "own", "about": {"title": "t"}, "run": run})


def refused(**options: object) -> list[str]:
    found = misfits(get_method("multitask"), recipe(**options))
    return [str(mistake.located(Path("recipes/multitask/own.yaml"))) for mistake in found]


def test_equal_shares_are_equal_but_for_whole_pairs() -> None:
    assert counts(SIZES, 512) == {"classify": 172, "claims": 170, "unanswerable": 170}


def test_shares_by_size_follow_cap_and_temperature() -> None:
    assert counts(SIZES, 512, mixing="proportional") == {"classify": 448, "claims": 32, "unanswerable": 32}
    assert counts(SIZES, 600, mixing="proportional", cap=600) == {"classify": 300, "claims": 150, "unanswerable": 150}
    hot = counts(SIZES, 600, mixing="proportional", cap=300 * 16, temperature=2)
    assert hot["classify"] / hot["claims"] == pytest.approx((4189 / 300) ** 0.5, rel=0.02)


def test_one_task_gets_all_and_may_get_more_than_it_has() -> None:
    assert counts({"claims": 300}, 512) == {"claims": 512}


@given(
    sizes=st.dictionaries(st.sampled_from(TASKS), st.integers(1, 5000), min_size=1),
    total=st.integers(0, 5000),
    mixing=st.sampled_from(["uniform", "proportional"]),
)
def test_the_sum_is_the_budget_and_pairs_stay_whole(sizes: dict[str, int], total: int, mixing: str) -> None:
    found = counts(sizes, total, mixing=mixing)
    assert sum(found.values()) == total
    assert all(count >= 0 for count in found.values())
    odd = [task for task, count in found.items() if task in PAIRED and count % 2]
    assert not odd or (total % 2 and sizes.keys() <= PAIRED)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tasks": ["clasify"]}, 'did you mean "classify"?'),
        ({"tasks": []}, '"run.options.tasks" is an empty list\n  expected: at least 1 entry'),
        ({"tasks": "classify"}, "\"run.options.tasks\" is 'classify'\n  expected: a list"),
        ({"tasks": ["claims", "claims"]}, '"run.options.tasks" is a list\n  expected: each task only once'),
        ({"mixing": "proportionl"}, 'did you mean "proportional"?'),
        ({"mixing": "proportional", "cap": 0}, '"run.options.cap" is 0\n  expected: greater than or equal to 1'),
        ({"mixing": "proportional", "cap": True}, '"run.options.cap" is True\n  expected: a whole number'),
        ({"mixing": "proportional", "cap": 2.5}, '"run.options.cap" is 2.5\n  expected: a whole number'),
        ({"mixing": "proportional", "temperature": 0}, '"run.options.temperature" is 0\n  expected: greater than 0'),
        ({"mixing": "proportional", "temperature": float("nan")}, "is nan\n  expected: a finite number"),
        ({"mixing": "proportional", "temperature": "hot"}, "is 'hot'\n  expected: a number"),
        ({"cap": 10}, '"run.options.cap" is 10\n  expected: no value: uniform mixing gives all tasks the same share'),
        ({"mixing": "uniform", "temperature": 2}, '"run.options.temperature" is 2\n  expected: no value'),
        ({"task": ["claims"]}, 'unknown key "run.options.task"\n  hint: did you mean "tasks"?'),
    ],
)
def test_options_that_mean_nothing_are_refused_with_what_would(options: dict[str, object], message: str) -> None:
    (found,) = refused(**options)
    assert message in found
    assert "recipes/multitask/own.yaml" in found


def test_a_subset_is_refused() -> None:
    plain = recipe()
    drawn = plain.model_copy(update={"run": plain.run.model_copy(update={"subset": Subset(per_label=8)})})
    (found,) = misfits(get_method("multitask"), drawn)
    assert found.keys == ("run", "subset")


@pytest.mark.parametrize("name", [name for name in Project(ROOT).recipe_ids if name.startswith("multitask/")])
def test_the_recipes_of_this_repository_are_not_refused(name: str) -> None:
    recipe = Project(ROOT).recipe(name)
    assert misfits(get_method(recipe.run.method), recipe) == []


def test_the_record_counts_tasks_and_what_is_there_again() -> None:
    one = Question("a", "train", "a", "text", "prompt", ("x", "y"), "x")
    two = replace(one, id="b")
    lessons = [Lesson(one, "claims"), Lesson(two, "claims"), Lesson(one, "claims"), Lesson(one, "classify")]
    notes = mix_notes(lessons)
    assert notes == {"examples_by_task": {"claims": 3, "classify": 1}, "repeated_by_task": {"claims": 1}}
    assert mix_notes(lessons[:2]) == {"examples_by_task": {"claims": 2}}
