from __future__ import annotations

from typing import Any

from harness.reports.board.measured.scored_groups import ScoredGroup
from harness.reports.board.rows.machines import machine_cell, usual_kind, usual_memory
from tests.reports.board.invented_groups import group

HERE, THERE = "AMD, 2 cores, 2 threads", "Intel, 2 cores, 2 threads"


def measured(recipe_id: str, *kinds: str, **facts: Any) -> ScoredGroup:
    """One seed for each kind of machine that it was trained and scored on."""
    found = group(recipe_id, 100, seeds=tuple(range(len(kinds))))
    for run, kind in zip(found.group.runs, kinds, strict=True):
        run |= {"train_measured_on": kind, "score_measured_on": kind} | facts
    return found


def test_most_rows_decide_and_a_tie_goes_to_the_reference() -> None:
    rows = [measured(name, HERE).group for name in ("a/a", "a/b")]
    assert usual_kind([*rows, measured("baseline/zero_shot", THERE).group], "baseline/zero_shot") == HERE
    assert usual_kind([rows[0], measured("baseline/zero_shot", THERE).group], "baseline/zero_shot") == THERE
    assert usual_kind([group("a/a", 1).group], "baseline/zero_shot") is None


def test_a_row_whose_seeds_come_from_several_machines_does_not_compare() -> None:
    cell = machine_cell(measured("a/a", HERE, THERE).group, HERE, memory=None)
    assert (cell.measured_on, cell.usual) == ([HERE, THERE], False)


def test_a_row_that_was_scored_elsewhere_does_not_compare() -> None:
    assert not machine_cell(measured("a/a", HERE, score_measured_on=THERE).group, HERE, memory=None).usual


def test_one_busy_seed_makes_the_row_busy() -> None:
    found = measured("a/a", HERE, HERE)
    found.group.runs[1] |= {"train_busy": True, "train_others_share": 0.4, "score_others_share": 0.02}
    cell = machine_cell(found.group, HERE, memory=None)
    assert (cell.usual, cell.busy, cell.others_share) == (True, True, 0.4)


def test_memory_of_the_process_does_not_compare_with_that_of_the_gpu() -> None:
    on_gpu = [measured(name, HERE, train_cuda_reserved_mb=2000.0).group for name in ("a/a", "a/b")]
    on_cpu = measured("a/c", HERE, train_resident_mb=300.0, train_cuda_reserved_mb=0.0).group
    memory = usual_memory([*on_gpu, on_cpu])
    assert memory == "cuda_reserved"
    assert machine_cell(on_gpu[0], HERE, memory=memory).usual_memory
    cell = machine_cell(on_cpu, HERE, memory=memory)
    assert (cell.usual, cell.usual_memory) == (True, False)


def test_records_that_do_not_name_a_machine_are_not_marked() -> None:
    cell = machine_cell(group("a/a", 1).group, HERE, memory=None)
    assert (cell.usual, cell.busy, cell.others_share, cell.parents_alike) == (True, False, None, True)
