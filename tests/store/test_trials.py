from __future__ import annotations

from datetime import date

import pytest

from harness.config.project import Project
from harness.store.ingest import ingest
from harness.store.query import ask
from tests.store.records_factory import write_all_runs

TUNED = """\
tuned:
  on: 2026-11-23
  domain: hs_products
  seed: 0
  base_model: tiny-random-llama
  metric: accuracy
  items: 24
  parameter: learning_rate
  grid: [3e-4, 1e-3, 3e-3]
  trials:
    - {value: 3e-4, validation_score: 0.5, seconds: 10}
    - {value: 1e-3, validation_score: 0.6, seconds: 11}
    - {value: 3e-3, failed: "diverged: the loss became nan at step 3", seconds: 2}
  chosen: 1e-3
  validation_score: 0.6
"""


@pytest.fixture
def recorded(project: Project) -> Project:
    """A tree in which every run has ended well and one recipe was tuned."""
    write_all_runs(project)
    path = project.root / "recipes/peft/lora.yaml"
    path.write_text(path.read_text() + TUNED)
    return project


def test_every_trial_of_a_tuned_recipe_is_in_the_store(recorded: Project) -> None:
    ingest(recorded)
    columns = "family, recipe, domain, value, status, reason, validation_score, n, seconds, chosen"
    found = ask(recorded.root, f"SELECT {columns} FROM trials ORDER BY value").rows
    lora = ("peft", "peft/lora", "hs_products")
    reason = "diverged: the loss became nan at step 3"
    assert found == [
        (*lora, 3e-4, "ok", None, 0.5, 24, 10.0, False),
        (*lora, 1e-3, "ok", None, 0.6, 24, 11.0, True),
        (*lora, 3e-3, "failed", reason, None, None, 2.0, False),
    ]
    columns = "parameter, metric, seed, tuned_on, base_model"
    found = ask(recorded.root, f"SELECT DISTINCT {columns} FROM trials").rows
    assert found == [("learning_rate", "accuracy", 0, date(2026, 11, 23), "tiny-random-llama")]


def test_trials_of_recipes_that_are_not_active_are_left_out(recorded: Project) -> None:
    params = recorded.root / "params.yaml"
    params.write_text(params.read_text().replace("  peft: [lora]\n", "  peft: []\n"))
    ingest(Project(recorded.root))
    assert ask(recorded.root, "SELECT count(*) FROM trials").rows == [(0,)]
