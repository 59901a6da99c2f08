from __future__ import annotations

import json

import pytest

from harness.config.project import Project
from harness.measure.device import Device
from harness.tuning.estimate import Outlook, outlook, plan_lines
from harness.tuning.search import Search, plan_search

CPU = Device("cpu", "test", 1, "float32")


def search(project: Project) -> Search:
    return plan_search(project, "peft/lora", domain="hs_products", seed=0, items=10, device=CPU)


def one(*, seconds: float | None, to_do: int = 2, scoring_included: bool = True) -> Outlook:
    values = ("1 (done)", "2", "3")
    return Outlook("peft/lora", "peft.r", values, to_do, seconds, scoring_included=scoring_included)


def test_without_trials_the_estimate_is_the_training_time_on_the_board(prepared: Project) -> None:
    cost = {"train_seconds": 100.0, "score_seconds": 900.0, "usd": 0.1}
    row = {"family": "peft", "recipe": "lora", "domain": "hs_products", "status": "ok", "cost": cost}
    row["memory"] = {"train_peak_mb": 1.0, "score_peak_mb": 1.0}
    board = {"schema": 2, "protocol": {"profiles": ["smoke"], "budget": {}}, "rows": [row], "curves": {}}
    path = prepared.root / "reports/leaderboard.json"
    path.parent.mkdir()
    path.write_text(json.dumps(board))
    found = outlook(prepared, search(prepared))
    assert (found.seconds, found.to_do, found.scoring_included) == (300.0, 3, False)


def test_earlier_trials_give_the_estimate_if_there_are_any(prepared: Project) -> None:
    planned = search(prepared)
    job = planned.jobs[0]
    job.file.parent.mkdir(parents=True)
    tried = {"value": planned.grid.values[0], "validation_score": 0.5, "seconds": 40.0}
    job.file.write_text(json.dumps({"config_hash": job.config_hash, "tried": tried, "metric": "accuracy", "items": 10}))
    found = outlook(prepared, planned)
    assert (found.seconds, found.to_do, found.scoring_included) == (80.0, 2, True)
    first, *others = (f"{value:g}" for value in planned.grid.values)
    assert found.values == (f"{first} (done)", *others)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (one(seconds=120), "about 2 min 00 s"),
        (one(seconds=120, scoring_included=False), "about 2 min 00 s and the scoring of validation items"),
        (one(seconds=None), "never measured"),
    ],
)
def test_a_search_is_one_line(given: Outlook, line: str) -> None:
    assert plan_lines([given])[0] == f"peft/lora: peft.r 1 (done), 2, 3: 2 to do, {line}"


def test_the_sum_names_the_recipes_that_it_leaves_out() -> None:
    assert plan_lines([one(seconds=60), one(seconds=60), one(seconds=None)])[-1] == (
        "6 trials to do, about 2 min 00 s, 1 recipe never measured"
    )
    assert plan_lines([one(seconds=0, to_do=0)])[-1] == "0 trials to do"
