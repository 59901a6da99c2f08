from __future__ import annotations

from typing import Any

from harness.measure.device import cpu_name
from harness.pipeline.measured_rows import rows_that_count, this_machine

HERE, THERE = "here, 2 threads", "there, 2 threads"


def row(name: str, *kinds: str, busy: bool = False, status: str = "ok") -> dict[str, Any]:
    return {"recipe": name, "status": status, "machine": {"measured_on": list(kinds), "busy": busy}}


def names(rows: list[dict[str, Any]], here: str = HERE) -> tuple[list[str], list[str]]:
    counted, notes = rows_that_count(rows, lambda: here)
    return [one["recipe"] for one in counted], notes


def test_rows_of_this_machine_count_and_others_do_not() -> None:
    found, notes = names([row("a", HERE), row("b", THERE), row("c", THERE)])
    assert found == ["a"]
    assert notes == ["2 rows were measured on other kinds of machines and not used"]


def test_without_rows_of_this_machine_the_most_frequent_kind_counts_and_is_named() -> None:
    found, notes = names([row("a", THERE), row("b", THERE), row("c", "third, 1 thread")])
    assert found == ["a", "b"]
    assert notes[0] == f"measured on another kind of machine ({THERE}) than this one ({HERE})"


def test_a_row_that_was_measured_beside_other_work_does_not_count() -> None:
    found, notes = names([row("a", HERE), row("b", HERE, busy=True)])
    assert found == ["a"]
    assert notes == ["1 row was measured beside other work and not used"]


def test_rows_of_an_older_board_count() -> None:
    assert names([{"recipe": "a", "status": "ok"}, row("b", status="failed")]) == (["a"], [])


def test_a_board_of_this_cpu_alone_needs_no_look_at_the_devices() -> None:
    def fails() -> str:
        raise AssertionError

    rows = [row("a", f"{cpu_name()}, 2 threads")]
    assert rows_that_count(rows, fails) == (rows, [])


def test_this_machine_is_written_as_in_the_records() -> None:
    assert this_machine().endswith(("threads", "1 thread"))
