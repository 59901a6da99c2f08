from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.config.project import Project
from harness.config.strict import read_yaml
from harness.errors import ConfigError, DataError, HarnessError
from harness.items import prepared as prepared_module
from harness.methods.lora import Lora
from harness.tuning.judging import Judged
from harness.verbs.tune import main
from tests.mini_tree import edit
from tests.tree import GRID, ROOT

LORA = ["peft/lora", "--domain", "hs_products"]


@pytest.fixture
def tree(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A prepared project around the working directory, with a budget of four steps."""
    monkeypatch.chdir(prepared.root)
    return prepared


def trial_files(project: Project) -> list[Path]:
    return sorted((project.root / "runs/.trials").rglob("*.json"))


def test_the_best_value_of_the_grid_is_written_into_run_with_its_evidence(
    tree: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(LORA) == 0
    recipe = Project(tree.root).recipe("peft/lora")
    tuned = recipe.tuned
    assert tuned is not None
    assert recipe.run.train is not None
    assert recipe.run.train.learning_rate == tuned.chosen
    assert tuned.grid == [3e-4, 1e-3, 3e-3]
    assert tuned.validation_score == max(trial.validation_score or 0 for trial in tuned.trials)
    assert (tuned.domain, tuned.metric, tuned.items, tuned.seed) == ("hs_products", "accuracy", 24, 0)
    assert tuned.base_model == "tiny-random-llama"
    out = capsys.readouterr().out
    assert f"{tuned.chosen:g} into recipes/peft/lora.yaml" in out
    text = (tree.root / "recipes/peft/lora.yaml").read_text()
    assert "# the usual 2r" in text


def poisoned(read: Any) -> Any:
    """Read views, but replace each test item by a row that raises for every field but its split."""

    class Poison:
        split = "test"

        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"a test item was read: {name}")

    def reading(*arguments: Any) -> tuple[Any, ...]:
        return tuple(Poison() if row.split == "test" else row for row in read(*arguments))

    return reading


def test_no_test_item_is_read(tree: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_module, "_read_view", poisoned(prepared_module._read_view))
    domain = prepared_module.PreparedDomain.open(tree.prepared_folder("hs_products"))
    with pytest.raises(AssertionError, match="a test item was read: prompt"):
        domain.questions("classify", "test")[0].prompt  # noqa: B018
    assert main(LORA) == 0


def test_an_interrupted_search_continues_where_it_stopped(tree: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[str] = []

    def interrupted(project: Project, key: Any) -> Any:
        trained.append(f"{key.value:g}")
        if len(trained) == 2:
            raise KeyboardInterrupt
        return SimpleNamespace(status="ok", reason=None, cost=SimpleNamespace(seconds=1.0)), []

    monkeypatch.setattr("harness.tuning.extra_training.train_model", interrupted)
    monkeypatch.setattr("harness.tuning.trial.judge", lambda *_, **__: Judged(0.5, "accuracy", 24))
    with pytest.raises(KeyboardInterrupt):
        main(LORA)
    assert [path.name for path in trial_files(tree)] == ["0.0003.json"]
    assert main(LORA) == 0
    assert trained == ["0.0003", "0.001", "0.001", "0.003"]
    assert main(LORA) == 0  # writing the value into the recipe does not make the trials stale
    assert len(trained) == 4
    edit(tree.root / "params.yaml", "train_examples: 64", "train_examples: 32")
    assert main(LORA) == 0
    assert len(trained) == 7


def test_neither_a_grid_nor_its_outcome_re_runs_a_training() -> None:
    stages = read_yaml(ROOT / "dvc.yaml")["stages"]
    tracked = [entry for stage in stages.values() for entry in stage.get("params", []) if isinstance(entry, dict)]
    recipes = {path: keys for entry in tracked for path, keys in entry.items() if path.startswith("recipes/")}
    assert recipes
    assert all(keys == ["run"] for keys in recipes.values())


def test_a_trial_leaves_its_record_and_no_weights(tree: Project) -> None:
    assert main([*LORA, "--items", "5"]) == 0
    left = [path for path in (tree.root / "runs/.trials").rglob("*") if path.is_file()]
    assert sorted(path.name for path in left) == ["0.0003.json", "0.001.json", "0.003.json"]
    assert all(json.loads(path.read_text())["items"] == 5 for path in left)
    assert not (tree.root / "runs/peft").exists()


def failing(*rates: float) -> Any:
    """Lora.adapt that runs out of memory at these learning rates."""
    real = Lora.adapt

    def adapt(self: Lora, model: Any, context: Any) -> Any:
        if context.settings.learning_rate in rates:
            raise MemoryError("cannot allocate 8 GB")
        return real(self, model, context)

    return adapt


def test_a_trial_that_fails_is_kept_with_its_reason_and_another_value_is_chosen(
    tree: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Lora, "adapt", failing(1e-3, 3e-3))
    assert main(LORA) == 0
    tuned = Project(tree.root).recipe("peft/lora").tuned
    assert tuned is not None
    assert tuned.chosen == 3e-4
    assert [trial.failed for trial in tuned.trials] == [None, *["out of memory: cannot allocate 8 GB"] * 2]
    assert "It is the lowest value of its grid: a better one may lie below it." in capsys.readouterr().out
    monkeypatch.setattr(Lora, "adapt", failing(3e-4, 1e-3, 3e-3))
    assert main(LORA) == 0  # failed trials are results, too, and not repeated


def test_if_every_trial_fails_nothing_is_written(tree: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tree.root / "recipes/peft/lora.yaml"
    before = path.read_bytes()
    monkeypatch.setattr(Lora, "adapt", failing(3e-4, 1e-3, 3e-3))
    assert main(LORA) == 1
    assert path.read_bytes() == before
    assert len(trial_files(tree)) == 3


def test_a_dry_run_prints_the_trials_and_writes_nothing(tree: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*LORA, "sft/full", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "peft/lora: learning_rate 0.0003, 0.001, 0.003: 3 to do, never measured" in out
    assert "sft/full: learning_rate 3e-05, 0.0001, 0.0003: 3 to do, never measured" in out
    assert out.endswith("6 trials to do, 2 recipes never measured\n")
    assert not (tree.root / "runs").exists()


def test_the_option_all_takes_the_active_recipes_with_a_grid(tree: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--all", "--domain", "hs_products", "--dry-run"]) == 0
    named = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()[:-1]]
    assert named == ["sft/full", "peft/lora"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["peft/lorra", "--domain", "hs_products"], 'unknown recipe "peft/lorra"'),
        (["peft/lora", "baseline/majority", "--domain", "hs_products"], "baseline/majority declares no grid"),
        (["peft/lora", "--domain", "hs_product"], 'unknown domain "hs_product"'),
        (["peft/lora", "--domain", "icd10"], "the domain is not prepared"),
        (["--domain", "hs_products"], "name recipes, or give --all"),
        (["peft/lora", "--all", "--domain", "hs_products"], "name recipes, or give --all"),
        ([*LORA, "--items", "0"], "the number of items is 0"),
        ([*LORA, "--seed", "-1"], "the seed is -1"),
    ],
)
def test_what_cannot_be_tuned_is_refused_before_anything_is_trained(
    tree: Project, arguments: list[str], message: str
) -> None:
    with pytest.raises(HarnessError, match=message):
        main(arguments)
    assert not (tree.root / "runs").exists()


def test_a_missing_base_is_reported_before_anything_is_trained(tree: Project) -> None:
    shutil.rmtree(tree.base_folder("causal_lm"))
    with pytest.raises(DataError, match="the base model tiny-random-llama is not prepared") as raised:
        main(LORA)
    assert raised.value.hint == "run `harness base causal_lm`"


def test_a_parent_that_has_not_run_is_reported_before_anything_is_trained(tree: Project) -> None:
    edit(tree.root / "recipes/peft/lora.yaml", "method: lora", "method: lora\n  init: sft/full")
    with pytest.raises(DataError, match="the weights of this run are not here"):
        main(LORA)


def test_a_wrong_grid_is_refused_before_anything_is_trained(tree: Project) -> None:
    edit(tree.root / "recipes/peft/_family.yaml", "[3e-4, 1e-3, 3e-3]", "[3e-4, 1e-3]")
    with pytest.raises(ConfigError, match="peft/lora would be tuned with 2 trials"):
        main(LORA)


def test_a_domain_that_the_recipe_cannot_learn_from_is_refused_or_left_out(
    tree: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tree.prepared_folder("hs_products") / "views.json"
    facts = json.loads(path.read_text())
    facts["views"] = {"documents": facts["views"]["documents"]}
    path.write_text(json.dumps(facts))
    with pytest.raises(ConfigError, match="it learns from classify or answer"):
        main(LORA)
    assert main(["--all", "--domain", "hs_products", "--dry-run"]) == 0
    assert "peft/lora: left out (refused: it learns from classify or answer" in capsys.readouterr().out


def test_a_model_that_only_predicts_labels_can_be_tuned(tree: Project) -> None:
    path = tree.root / "recipes/baseline/tfidf.yaml"
    path.write_text(path.read_text() + "  budget: {}\n  train: {learning_rate: 1e-3}\n" + GRID)
    assert main(["baseline/tfidf", "--domain", "hs_products"]) == 0
    tuned = Project(tree.root).recipe("baseline/tfidf").tuned
    assert tuned is not None
    assert tuned.base_model is None
    assert tuned.validation_score > 1 / 6  # six sections


def test_the_score_is_the_mean_over_the_tasks_that_a_recipe_learns(
    tree: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tree.root / "data/suites/answers.yaml"
    path.write_text(path.read_text().replace("views: [answer]", "views: [describe]"))
    edit(path, "max_new_tokens: 96", "max_new_tokens: 4")
    monkeypatch.setattr(Lora, "learns", lambda *_: ["classify", "describe"])
    assert main([*LORA, "--items", "8"]) == 0
    tuned = Project(tree.root).recipe("peft/lora").tuned
    assert tuned is not None
    assert (tuned.metric, tuned.items) == ("accuracy + token_f1", 8)
