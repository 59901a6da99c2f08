from __future__ import annotations

import pytest

from harness.running.around_dvc.dvc_output import DvcOutput, outcome_of
from harness.running.tasks.schedule import Schedule
from harness.running.tasks.task import Task

OUTPUT = """\
Stage 'fetch@x' didn't change, skipping
Running stage 'a@x-0':
> python -m harness train a --domain x --seed 0
Updating lock file 'dvc.lock'
Running stage 'b@x-0':
> python -m harness train b --domain x --seed 0
WARNING: failed to run: python -m harness train b --domain x --seed 0, exited with 1
Stage 'score_b@x-0' will be skipped due to this failure
Stage 'c@x-0' is cached - skipping run, checking out outputs
ERROR: failed to reproduce 'b@x-0': failed to run: python -m harness train b --domain x --seed 0, exited with 1
"""


def test_every_stage_of_a_dvc_repro_gets_its_outcome() -> None:
    after = {"score_b@x-0": frozenset({"b@x-0"})}
    names = ("fetch@x", "a@x-0", "b@x-0", "c@x-0", "score_b@x-0")
    schedule = Schedule([Task(name, ("true",), after.get(name, frozenset())) for name in names])
    output = DvcOutput(schedule)
    for second, line in enumerate(OUTPUT.splitlines()):
        output.read(line, now=second)
    output.close(ok=False, now=99)
    assert {name: status.state for name, status in schedule.status.items()} == {
        "fetch@x": "unchanged",
        "a@x-0": "done",
        "b@x-0": "failed",
        "c@x-0": "done",
        "score_b@x-0": "skipped",
    }
    assert schedule.status["a@x-0"].seconds == 2


def test_a_stage_that_runs_when_dvc_is_killed_has_failed() -> None:
    schedule = Schedule([Task("a", ("true",))])
    output = DvcOutput(schedule)
    output.read("Running stage 'a':", now=0)
    output.close(ok=False, now=5)
    assert schedule.names("failed") == ["a"]


@pytest.mark.parametrize(
    ("output", "code", "expected"),
    [
        ("Running stage 'a':\n", 0, "done"),
        ("Running stage 'a':\n", 1, "failed"),
        ("Stage 'a' didn't change, skipping\n", 0, "unchanged"),
        ("Stage 'a' is cached - skipping run, checking out outputs\n", 0, "done"),
        ("own training of peft/lora-x-0 is up to date, nothing to do\n", 0, "unchanged"),
    ],
)
def test_the_outcome_of_a_single_stage(output: str, code: int, expected: str) -> None:
    assert outcome_of(output, code=code) == expected
