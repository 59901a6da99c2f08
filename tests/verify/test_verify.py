"""The real way: train, score, commit the records, and repeat the runs from the commit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from harness.config.project import Project, RunKey
from harness.errors import DataError
from harness.scoring.score import score
from harness.training.train import train
from harness.verbs.verify import main
from harness.verify.repeat import needed_runs
from harness.verify.verify import verify

TFIDF = RunKey("baseline", "tfidf", ("hs_products",), 0)
LORA = RunKey("peft", "lora", ("hs_products",), 0)


def git(root: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    return subprocess.run(["git", *settings, *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


def commit(project: Project) -> None:
    (project.root / ".gitignore").write_text("/runs/\n/data/\n")
    git(project.root, "init", "-q")
    git(project.root, "add", "-A")
    git(project.root, "commit", "-qm", "published")


@pytest.fixture
def published(prepared: Project) -> Project:
    """TF-IDF and LoRA on a tiny model, trained, scored and committed."""
    for key in (TFIDF, LORA):
        train(prepared, key)
        score(prepared, key)
    commit(prepared)
    return prepared


def test_published_runs_come_out_equal_and_nothing_is_left_behind(published: Project) -> None:
    before = sorted(path for path in published.root.rglob("*") if ".git/" not in str(path))
    found = list(verify(published, []))
    assert [(one.run_id, one.in_words) for one in found] == [
        (TFIDF.id, "equal to the last byte"),
        (LORA.id, "equal to the last byte"),
    ]
    assert all(one.agrees and one.training.seconds.ratio for one in found)
    assert git(published.root, "status", "--porcelain") == ""
    assert sorted(path for path in published.root.rglob("*") if ".git/" not in str(path)) == before


def test_the_verb_prints_json_and_ends_with_1_where_a_run_differs(
    published: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    recipe = published.root / "recipes/baseline/tfidf.yaml"
    recipe.write_text(recipe.read_text().replace("C: [1, 10, 100]", "C: [0.00001]"))
    monkeypatch.chdir(published.root)
    code = main([TFIDF.id, "--json"])
    (found,) = json.loads(capfd.readouterr().out)
    assert found["run_id"] == TFIDF.id
    assert "recipe, budget or base model differ: this is not the same training" in found["notes"]
    assert (code, found["agrees"]) == (1, False)


def test_a_run_that_is_not_published_is_an_error_before_any_training(published: Project) -> None:
    with pytest.raises(DataError, match='the run "peft/lora-hs_products-7" is not published') as raised:
        next(verify(published, ["peft/lora-hs_products-7"]))
    assert "did you mean" in (raised.value.hint or "")


def test_missing_data_are_an_error_before_any_training(published: Project) -> None:
    path = published.prepared_folder("hs_products")
    path.rename(path.with_name("gone"))
    with pytest.raises(DataError, match="prepare"):
        next(verify(published, [TFIDF.id]))


def test_outside_git_there_is_nothing_published(project: Project) -> None:
    with pytest.raises(DataError, match="git cannot read the last commit"):
        next(verify(project, []))


def test_parents_without_weights_are_trained_first(prepared: Project) -> None:
    recipe = prepared.root / "recipes/peft/lora.yaml"
    text = recipe.read_text()
    (prepared.root / "recipes/peft/lora_on.yaml").write_text(text.replace("run:\n", "run:\n  init: sft/full\n", 1))
    child, parent = RunKey("peft", "lora_on", ("hs_products",), 0), RunKey("sft", "full", ("hs_products",), 0)
    project = Project(prepared.root)
    assert [key.id for key in needed_runs(project, [child])] == [parent.id, child.id]
    project.run_folder(parent).mkdir(parents=True)
    assert [key.id for key in needed_runs(project, [child])] == [child.id]
    assert [key.id for key in needed_runs(project, [child, parent])] == [parent.id, child.id]
