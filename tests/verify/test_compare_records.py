"""Invented records of one run, published and repeated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from harness.config.project import RECORDS, Project, RunKey
from harness.display.console import table_console
from harness.errors import DataError
from harness.records.run_record import RunRecord, read_record, write_record
from harness.verify.agreement import Agreement
from harness.verify.compare_records import compare_records
from harness.verify.terminal import lines, show, summary
from tests.store.records_factory import write_failed_run, write_run
from tests.tree import copy_tree

LORA = RunKey("peft", "lora", ("hs_products",), 0)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Project, Project]:
    """A published tree, and the tree of a repetition, with equal records."""
    projects = copy_tree(tmp_path / "published"), copy_tree(tmp_path / "here")
    for project in projects:
        write_run(project, LORA)
    return projects


def compared(pair: tuple[Project, Project]) -> Agreement:
    published, here = (project.root / RECORDS / LORA.id for project in pair)
    return compare_records(published, here)


def change_samples(project: Project, **columns: Any) -> None:
    """Each column: a function from a row to its new value."""
    path = project.record_folder(LORA) / "score/samples.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    changed = [row | {name: write(row) for name, write in columns.items()} for row in rows]
    pq.write_table(type(table).from_pylist(changed, schema=table.schema), path)


def change_run(project: Project, **fields: Any) -> None:
    path = project.record_folder(LORA) / "train/run.json"
    write_record(read_record(RunRecord, path).model_copy(update=fields), path)


def test_the_same_bytes_are_equal_to_the_last_byte(pair: tuple[Project, Project]) -> None:
    found = compared(pair)
    assert found.samples_equal
    assert found.agrees
    assert found.in_words == "equal to the last byte"
    assert {suite.agreed for suite in found.suites} == {"equal"}
    assert [suite.items for suite in found.suites] == [150, 60]


def test_other_late_digits_of_likelihoods_leave_the_answers_equal(pair: tuple[Project, Project]) -> None:
    change_samples(pair[1], gold_loglikelihood=lambda row: (row["gold_loglikelihood"] or -1.0) + 3e-5)
    found = compared(pair)
    assert not found.samples_equal
    assert found.agrees
    assert found.suites[0].agreed == "same answers"
    assert found.suites[0].largest_change == pytest.approx(3e-5)
    assert found.in_words == "all 210 answers are equal"


def flipped(count: int) -> Any:
    """The first `count` right answers of the suite `classification` become wrong."""
    left = [count]

    def correct(row: dict[str, Any]) -> float:
        if row["suite"] == "classification" and row["correct"] == 1.0 and left[0]:
            left[0] -= 1
            return 0.0
        return float(row["correct"])

    return correct


def test_a_few_other_answers_are_inside_the_interval(pair: tuple[Project, Project]) -> None:
    change_samples(pair[1], correct=flipped(2))
    found = compared(pair)
    main = found.main
    assert main is not None
    assert (main.suite, main.agreed, main.differing, main.items) == ("classification", "inside", 2, 150)
    assert main.difference == pytest.approx(-2 / 150)
    assert main.low is not None
    assert main.low <= 0 <= (main.high or 0)
    assert found.agrees
    assert found.in_words == "2 of 210 answers differ, every difference is inside its interval"


def test_many_worse_answers_differ_beyond_chance(pair: tuple[Project, Project]) -> None:
    change_samples(pair[1], correct=flipped(50))
    found = compared(pair)
    assert found.main is not None
    assert found.main.agreed == "differs"
    assert not found.agrees
    assert found.in_words == "differs beyond chance on classification"
    assert summary([found]) == "1 run repeated: 0 equal to the last byte, 0 agree within chance, 1 differ"


def test_a_run_that_fails_only_here_differs(pair: tuple[Project, Project]) -> None:
    write_failed_run(pair[1], LORA, reason="out of memory")
    found = compared(pair)
    assert not found.agrees
    assert "failed here (out of memory)" in found.in_words


def test_a_run_that_fails_as_published_agrees(pair: tuple[Project, Project]) -> None:
    for project in pair:
        write_failed_run(project, LORA, reason="refused: no labels")
        (project.record_folder(LORA) / "score/samples.parquet").unlink()
    found = compared(pair)
    assert found.agrees
    assert found.in_words == "failed here as published: refused: no labels"


def test_a_suite_of_another_protocol_is_not_compared(pair: tuple[Project, Project]) -> None:
    write_run(pair[1], LORA, protocol="p2")
    found = compared(pair)
    assert {suite.agreed for suite in found.suites} == {"not compared"}
    assert any("classification: not compared: it is asked by another protocol here" in line for line in lines(found))


def test_costs_are_ratios_with_both_machines_and_a_warning_of_other_work(pair: tuple[Project, Project]) -> None:
    record = read_record(RunRecord, pair[1].record_folder(LORA) / "train/run.json")
    change_run(pair[0], cost=record.cost.model_copy(update={"cpu_seconds": 60.0}))
    change_run(
        pair[1],
        cost=record.cost.model_copy(update={"seconds": 250.0, "cpu_seconds": 66.0, "busy": True}),
        provenance=record.provenance.model_copy(update={"device": "other cores", "data_hash": "new"}),
    )
    found = compared(pair)
    assert found.training.seconds.ratio == 2.5
    text = "\n".join(lines(found))
    assert "4 min 10 s here, 1 min 40 s published (x 2.50)" in text
    assert "CPU time 1 min 06 s here, 1 min 00 s published (x 1.10)" in text
    assert "measured on other cores, 2 threads here, published on 2 cores, 2 threads" in text
    assert "warning: other work kept the machine busy during training here" in text
    assert "the prepared data differ" in text


def test_the_terminal_shows_a_table_of_suites_and_the_verdict(
    pair: tuple[Project, Project], capsys: pytest.CaptureFixture[str]
) -> None:
    change_samples(pair[1], correct=flipped(2))
    show(compared(pair), table_console())
    text = capsys.readouterr().out
    assert "peft/lora-hs_products-0: 2 of 210 answers differ, every difference is inside its interval" in text
    assert "2 of 150 answers differ, the difference is inside the interval" in text
    assert "-1.3 [" in text


def test_records_of_two_runs_are_refused(pair: tuple[Project, Project]) -> None:
    change_run(pair[1], run_id="peft/lora-hs_products-1")
    with pytest.raises(DataError, match="belong to two runs"):
        compared(pair)
