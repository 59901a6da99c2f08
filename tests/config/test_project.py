from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.project import Project, RunKey
from harness.errors import ConfigError
from tests.mini_tree import write_mini_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_mini_tree(tmp_path)


@pytest.fixture
def project(tree: Path) -> Project:
    return Project(tree)


def test_the_project_is_found_from_any_folder_below(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "recipes/peft")
    assert Project.here().root == tree


def test_outside_of_a_project_the_error_says_what_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"no dvc\.yaml and params\.yaml here or in any folder above"):
        Project.here()


def test_a_recipe_is_its_file_over_the_defaults_of_its_family(project: Project) -> None:
    train = project.recipe("peft/lora").run.train
    assert train is not None
    assert (train.learning_rate, train.weight_decay) == (0.001, 0.1)
    path = project.root / "recipes/peft/lora.yaml"
    path.write_text(path.read_text() + "    weight_decay: 0.3\n")
    train = project.recipe("peft/lora").run.train
    assert train is not None
    assert train.weight_decay == 0.3


def test_one_recipe_does_not_leak_into_the_next(project: Project) -> None:
    path = project.root / "recipes/peft/lora.yaml"
    path.write_text(path.read_text() + "    max_grad_norm: 7\n")
    project.recipe("peft/lora")
    train = project.recipe("peft/prompt").run.train
    assert train is not None
    assert train.max_grad_norm == 1.0


def test_a_mistake_in_a_recipe_has_the_line_of_the_recipe(project: Project) -> None:
    path = project.root / "recipes/peft/lora.yaml"
    path.write_text(path.read_text() + "    optimiser: sgd\n")
    with pytest.raises(ConfigError) as caught:
        project.recipe("peft/lora")
    assert str(caught.value).startswith(f'{path}:7: unknown key "run.train.optimiser"')


def test_a_mistake_in_the_defaults_has_the_line_of_the_family(project: Project) -> None:
    path = project.root / "recipes/peft/_family.yaml"
    path.write_text(path.read_text() + "    optimiser: sgd\n")
    with pytest.raises(ConfigError) as caught:
        project.recipe("peft/lora")
    assert str(caught.value).startswith(f'{path}:6: unknown key "run.train.optimiser"')


def test_a_recipe_that_lacks_what_only_it_can_say_is_told(project: Project) -> None:
    path = project.root / "recipes/peft/lora.yaml"
    path.write_text("about:\n  title: x\nrun:\n  method: lora\n")
    with pytest.raises(ConfigError) as caught:
        project.recipe("peft/lora")
    assert str(caught.value) == f'{path}:3: the key "run.train.learning_rate" is missing'


@pytest.mark.parametrize(
    "content", ["about:\n  title: x\n", "about: {title: x}\nrun:\n", "about: x\nrun: {method: a}\n"]
)
def test_a_recipe_without_its_parts_is_a_config_error(project: Project, content: str) -> None:
    path = project.root / "recipes/peft/lora.yaml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=str(path)):
        project.recipe("peft/lora")


@pytest.mark.parametrize(
    ("look_up", "name", "message"),
    [
        ("recipe", "peft/lroa", 'unknown recipe "peft/lroa"'),
        ("family", "pfet", 'unknown family "pfet"'),
        ("domain", "good", 'unknown domain "good"'),
        ("suite", "clasification", 'unknown suite "clasification"'),
        ("source", "corpse", 'unknown source "corpse"'),
    ],
)
def test_an_unknown_name_gets_a_suggestion(project: Project, look_up: str, name: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        getattr(project, look_up)(name)
    assert message in str(caught.value)
    assert "did you mean" in str(caught.value)


def test_a_name_with_a_path_in_it_is_unknown(project: Project) -> None:
    for name in ("../peft/lora", "peft/../peft/lora", "/etc/passwd", ""):
        with pytest.raises(ConfigError, match="unknown recipe"):
            project.recipe(name)


def test_runs_come_in_the_order_of_the_families(project: Project) -> None:
    assert [run.id for run in project.runs()] == [
        "baseline/majority-goods-0",
        "peft/lora-goods-0",
        "peft/lora-goods-1",
        "peft/prompt-goods-0",
        "peft/prompt-goods-1",
    ]
    for name, order in (("baseline", 1), ("peft", 0)):
        path = project.root / f"recipes/{name}/_family.yaml"
        path.write_text(path.read_text().replace("order: 0" if order else "order: 1", f"order: {order}"))
    assert next(Project(project.root).runs()).family == "peft"


def test_folders_are_named_after_what_they_hold(project: Project) -> None:
    root = project.root
    assert project.run_folder(RunKey("peft", "lora", ("a", "b"), 2)) == root / "runs/peft/lora-a+b-2"
    assert project.record_folder(RunKey("peft", "lora", ("a", "b"), 2)) == root / "reports/records/peft/lora-a+b-2"
    assert project.source_folder("corpus") == root / "data/sources/corpus"
    assert project.base_folder("causal_lm") == root / "data/bases/causal_lm"
    assert project.prepared_folder("goods") == root / "data/prepared/goods"
