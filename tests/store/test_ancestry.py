from __future__ import annotations

import pytest

from harness.config.project import RECORDS, Project, RunKey
from harness.records.run_record import RunRecord, read_record, write_record
from harness.store.ancestry import ancestors
from harness.store.ingest import ingest
from harness.store.query import ask
from tests.store.records_factory import write_all_runs, write_run, write_training

LORA = RunKey("peft", "lora", ("hs_products",), 0)
PER_SECOND = 2 * 0.05 / 3600
"""USD per second of two cores."""


def old_run(project: Project, recipe: str, *, seconds: float, parents: tuple[str, ...] = ()) -> str:
    """A training that params.yaml does not list; gives its id."""
    key = RunKey("sft", recipe, ("hs_products",), 0)
    roles = {f"role {place}": parent for place, parent in enumerate(parents)}
    write_training(project, key, title=recipe, seconds=seconds, parents=roles)
    return key.id


def costs(project: Project, run_id: str = LORA.id) -> tuple[object, ...]:
    ingest(project)
    columns = "train_seconds, train_seconds_with_parents, train_usd_with_parents"
    (row,) = ask(project.root, f"SELECT {columns} FROM runs WHERE run_id = '{run_id}'").rows
    return row


@pytest.fixture
def recorded(project: Project) -> Project:
    write_all_runs(project)
    return project


def test_a_run_without_parents_costs_what_it_costs_itself(recorded: Project) -> None:
    assert costs(recorded) == (100.0, 100.0, pytest.approx(100 * PER_SECOND))


def test_a_chain_costs_all_its_trainings(recorded: Project) -> None:
    first = old_run(recorded, "first", seconds=40)
    second = old_run(recorded, "second", seconds=20, parents=(first,))
    write_run(recorded, LORA, parents={"model": second})
    assert costs(recorded) == (100.0, 160.0, pytest.approx(160 * PER_SECOND))
    parents = ask(recorded.root, f"SELECT parents['model'] FROM runs WHERE run_id = '{LORA.id}'").rows
    assert parents == [(second,)]


def test_an_ancestor_of_two_parents_counts_once(recorded: Project) -> None:
    policy_base = old_run(recorded, "sft_base", seconds=40)
    reward = old_run(recorded, "reward", seconds=20, parents=(policy_base,))
    policy = old_run(recorded, "policy", seconds=10, parents=(policy_base,))
    write_run(recorded, LORA, parents={"reward": reward, "policy": policy})
    assert costs(recorded)[1:] == (170.0, pytest.approx(170 * PER_SECOND))


def test_a_run_that_only_rates_answers_costs_nothing(recorded: Project) -> None:
    parent, rater = old_run(recorded, "parent", seconds=40), old_run(recorded, "rater", seconds=1000)
    write_run(recorded, LORA, parents={"model": parent, "rater": rater})
    assert costs(recorded)[:2] == (100.0, 140.0)


def test_without_the_record_of_an_ancestor_the_cost_with_parents_is_unknown(recorded: Project) -> None:
    second = old_run(recorded, "second", seconds=20, parents=("sft/gone-hs_products-0",))
    write_run(recorded, LORA, parents={"model": second})
    assert costs(recorded) == (100.0, None, None)


def test_energy_with_parents_is_unknown_where_one_training_did_not_measure_it(recorded: Project) -> None:
    first = old_run(recorded, "first", seconds=40)
    write_run(recorded, LORA, parents={"model": first})
    energy = f"SELECT train_energy_wh_with_parents FROM runs WHERE run_id = '{LORA.id}'"
    for run_id, expected in ((LORA.id, None), (first, 5.0)):
        path = recorded.root / RECORDS / run_id / "train/run.json"
        record = read_record(RunRecord, path)
        write_record(record.model_copy(update={"cost": record.cost.model_copy(update={"energy_wh": 2.5})}), path)
        ingest(recorded)
        assert ask(recorded.root, energy).rows == [(expected,)]


def test_runs_that_name_each_other_as_parents_do_not_loop(recorded: Project) -> None:
    path = recorded.record_folder(LORA) / "train/run.json"
    run = read_record(RunRecord, path)
    a = run.model_copy(update={"run_id": "a", "parents": {"model": "b"}})
    b = run.model_copy(update={"run_id": "b", "parents": {"model": "a"}})
    assert ancestors(a, {"a": a, "b": b}.get) == [b]
