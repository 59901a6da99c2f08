from __future__ import annotations

import io
from pathlib import Path

from harness.running.live import LiveView
from harness.running.tasks.schedule import Schedule
from harness.running.tasks.task import Task


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def view(schedule: Schedule, folder: Path, stream: io.StringIO, now: list[float]) -> LiveView:
    return LiveView(schedule, jobs=1, log_of=lambda task: folder / f"{task}.log", stream=stream, clock=lambda: now[0])


def schedule() -> Schedule:
    return Schedule([Task("a", ("true",), seconds=60.0), Task("b", ("true",), frozenset({"a"}), seconds=30.0)])


def test_a_log_gets_one_line_per_change(tmp_path: Path) -> None:
    stages, stream, now = schedule(), io.StringIO(), [0.0]
    with view(stages, tmp_path, stream, now) as shown:
        stages.start("a", now=0)
        shown.refresh()
        shown.refresh()
        now[0] = 70.0
        stages.end("a", "done", now=70)
        shown.refresh()
        stages.start("b", now=70)
        stages.end("b", "failed", now=75)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "runs       a (60 s last time)"
    assert lines[1] == "done       a after 70 s; 1 of 2, about 30 s left"
    assert lines[2] == f"FAILED     b after 5 s; see {tmp_path}/b.log; 2 of 2, 1 failed"
    assert len(lines) == 3


def test_a_terminal_gets_a_table_of_what_runs_and_what_is_next(tmp_path: Path) -> None:
    stages, now = schedule(), [10.0]
    (tmp_path / "a.log").write_text("loading\nstep 3/32, loss 1.2\n")
    with view(stages, tmp_path, Terminal(), now) as shown:
        stages.start("a", now=0)
        table = shown.table()
    cells = [list(column.cells) for column in table.columns]
    assert [str(cell) for cell in cells[0]] == ["runs", "next"]
    assert [str(cell) for cell in cells[1]] == ["a", "b"]
    assert str(cells[2][0]) == "10 s"
    assert str(cells[4][0]) == "step 3/32, loss 1.2"
    assert table.caption == "0 of 2, about 80 s left"
