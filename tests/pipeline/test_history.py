from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.config.project import Project
from harness.errors import DataError
from harness.pipeline.history import Estimate, History, read_history
from tests.mini_tree import add_domain, add_family, edit, set_everywhere, write_mini_tree


def row(recipe: str, **values: Any) -> dict[str, Any]:
    cost = {"train_seconds": 90.0, "score_seconds": 30.0, "usd": 0.04}
    memory = {"train_peak_mb": 2100.0, "score_peak_mb": 900.0}
    return {
        "domain": "goods",
        "family": "peft",
        "recipe": recipe,
        "status": "ok",
        "cost": {**cost, **values},
        "memory": {**memory, **{key: value for key, value in values.items() if key in memory}},
    }


def board(*rows: dict[str, Any], profiles: tuple[str, ...] = ("tiny",), **budget: float) -> dict[str, Any]:
    return {"schema": 2, "protocol": {"profiles": list(profiles), "budget": budget}, "rows": list(rows), "curves": {}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_mini_tree(tmp_path)


def history(root: Path, content: Any) -> History:
    path = root / "reports/leaderboard.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_history(Project(root))


def test_every_seed_of_a_recipe_gets_the_mean_of_its_row(root: Path) -> None:
    estimates = history(root, board(row("lora"))).estimates
    assert sorted(estimates) == [
        "peft@lora-goods-0",
        "peft@lora-goods-1",
        "score_peft@lora-goods-0",
        "score_peft@lora-goods-1",
    ]


def test_the_money_of_a_row_is_split_by_seconds(root: Path) -> None:
    estimates = history(root, board(row("lora"))).estimates
    train, score = estimates["peft@lora-goods-0"], estimates["score_peft@lora-goods-0"]
    assert (train.seconds, train.memory_mb) == (90.0, 2100.0)
    assert (score.seconds, score.memory_mb) == (30.0, 900.0)
    assert train.money == pytest.approx(0.03)
    assert score.money == pytest.approx(0.01)


def test_a_learning_curve_takes_what_all_its_points_took(root: Path) -> None:
    points = [{"k": 8, "seconds": 30.0}, {"k": 16, "seconds": 45.0}]
    curves = {"goods": {"curves": [{"recipe": "few_items/setfit", "points": points}]}}
    path = root / "reports/leaderboard.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({**board(), "curves": curves}))
    add_family(root, "few_items", "title: Few\norder: 2\nlearning_curves: true\nrun: {}\n", setfit="lora", tfidf="lora")
    found = read_history(Project(root)).estimates
    assert found == {"curve_few_items@setfit-goods": Estimate(75.0, memory_mb=None, money=None)}


def test_the_steps_of_a_sequence_have_stages_of_their_own(root: Path) -> None:
    add_domain(root, "services")
    add_family(root, "continual", "title: Continual\norder: 2\nruns_on: sequences\nrun: {}\n", naive="lora")
    set_everywhere(root, "sequences: {}", "sequences: {trade: [goods, services]}")
    rows = [{**row("naive"), "family": "continual", "domain": domain} for domain in ("goods", "goods+services")]
    estimates = history(root, board(*rows)).estimates
    steps = ["continual-1-goods@naive-0", "continual-2-goods-services@naive-0"]
    assert sorted(estimates) == [*steps, *(f"score_{step}" for step in steps)]


def test_what_was_not_measured_is_not_invented(root: Path) -> None:
    content = board(row("lora", score_seconds=None, usd=None, train_peak_mb=None))
    estimates = history(root, content).estimates
    train, score = estimates["peft@lora-goods-0"], estimates["score_peft@lora-goods-0"]
    assert (train.seconds, train.memory_mb, train.money) == (90.0, None, None)
    assert (score.seconds, score.money) == (None, None)
    estimates = history(root, board(row("lora", train_seconds=0.0, score_seconds=0.0))).estimates
    assert estimates["peft@lora-goods-0"].money is None


def test_rows_that_failed_or_are_of_another_domain_say_nothing(root: Path) -> None:
    rows = [{**row("lora"), "status": "failed"}, {**row("prompt"), "domain": "other"}]
    assert history(root, board(*rows)).estimates == {}


def test_without_a_board_there_is_no_history(root: Path) -> None:
    found = read_history(Project(root))
    assert found.estimates == {}
    assert found.notes == ("nothing was measured yet: there is no reports/leaderboard.json",)


def test_a_board_of_another_profile_says_nothing(root: Path) -> None:
    found = history(root, board(row("lora"), profiles=("smoke",)))
    assert found.estimates == {}
    assert found.notes == ("the board was measured with profile smoke, not tiny",)


def test_another_budget_is_told(root: Path) -> None:
    assert history(root, board(row("lora"), train_examples=64, epochs=1)).notes == ()
    edit(root / "params.yaml", "train_examples: 64", "train_examples: 640")
    found = history(root, board(row("lora"), train_examples=64, epochs=1))
    assert found.notes == ("measured with another budget: train_examples 64, now 640",)
    assert found.estimates


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"schema": 2}', '{"schema": 1, "protocol": {}, "rows": []}'])
def test_a_file_that_is_no_board_is_an_error(root: Path, content: str) -> None:
    with pytest.raises(DataError, match=r"leaderboard\.json"):
        history(root, content)


def test_rows_without_the_agreed_keys_are_an_error(root: Path) -> None:
    broken = row("lora")
    del broken["cost"]
    with pytest.raises(DataError, match="is not a board that this version can read: KeyError"):
        history(root, board(broken))
