from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.config.project import Project
from harness.domains import prepared as prepared_module
from harness.tuning.verb import main
from tests.mini_tree import edit

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
    """Reads views, with rows in place of the test items that do nothing but say their split."""

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


def test_a_search_that_was_interrupted_goes_on_where_it_was(tree: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.tuning import trial

    trained: list[str] = []

    def interrupted(project: Project, key: Any) -> Any:
        trained.append(f"{key.value:g}")
        if len(trained) == 2:
            raise KeyboardInterrupt
        return real(project, key)

    real = trial.train
    monkeypatch.setattr(trial, "train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        main(LORA)
    assert [path.name for path in trial_files(tree)] == ["0.0003.json"]
    assert main(LORA) == 0
    assert trained == ["0.0003", "0.001", "0.001", "0.003"]
    assert main(LORA) == 0  # writing the value down does not make the trials stale
    assert len(trained) == 4
    edit(tree.root / "params.yaml", "train_examples: 64", "train_examples: 32")
    assert main(LORA) == 0
    assert len(trained) == 7


def test_a_trial_leaves_its_record_and_no_weights(tree: Project) -> None:
    assert main([*LORA, "--items", "5"]) == 0
    left = [path for path in (tree.root / "runs/.trials").rglob("*") if path.is_file()]
    assert sorted(path.name for path in left) == ["0.0003.json", "0.001.json", "0.003.json"]
    assert all(json.loads(path.read_text())["items"] == 5 for path in left)
    assert not (tree.root / "runs/peft").exists()


def test_a_trial_that_fails_is_kept_with_its_reason_and_another_value_is_chosen(
    tree: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(tree.root / "recipes/peft/_family.yaml", "[3e-4, 1e-3, 3e-3]", "[3e-4, 1e-3, 1.0]")
    edit(
        tree.root / "recipes/peft/lora.yaml",
        "target_modules: all-linear",
        "target_modules: all-linear\n    init_lora_weights: false\n    lora_dropout: 0.0",
    )
    assert main(LORA) == 0
    print(capsys.readouterr().out)
