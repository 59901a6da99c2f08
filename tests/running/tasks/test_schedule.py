from __future__ import annotations

from harness.running.tasks.schedule import Schedule
from harness.running.tasks.task import Task


def task(name: str, *after: str, seconds: float | None = None) -> Task:
    return Task(name, ("true",), frozenset(after), seconds=seconds)


def names(schedule: Schedule) -> list[str]:
    return [one.name for one in schedule.ready()]


def test_a_task_is_ready_when_all_that_it_waits_for_ended_well() -> None:
    schedule = Schedule([task("a"), task("b"), task("c", "a", "b")])
    assert names(schedule) == ["a", "b"]
    schedule.start("a", now=0)
    schedule.end("a", "done", now=1)
    assert names(schedule) == ["b"]
    schedule.end("b", "unchanged", now=1)
    assert names(schedule) == ["c"]


def test_what_is_no_task_of_the_round_counts_as_done() -> None:
    assert names(Schedule([task("b", "made in an earlier round")])) == ["b"]


def test_a_failed_task_skips_only_its_dependants() -> None:
    schedule = Schedule([task("a"), task("b", "a"), task("c", "b"), task("other"), task("last", "other")])
    schedule.start("a", now=0)
    schedule.end("a", "failed", now=1)
    assert schedule.names("skipped") == ["b", "c"]
    assert schedule.status["c"].because == "a"
    assert names(schedule) == ["other"]
    schedule.end("other", "done", now=2)
    assert names(schedule) == ["last"]
    assert not schedule.finished
    schedule.end("last", "done", now=3)
    assert schedule.finished


def test_the_longest_chain_starts_first() -> None:
    schedule = Schedule(
        [task("short", seconds=5), task("long", seconds=50), task("a", seconds=1), task("b", "a", seconds=99)]
    )
    assert names(schedule) == ["a", "long", "short"]


def test_the_time_left_is_the_work_shared_or_the_longest_chain() -> None:
    schedule = Schedule([task("a", seconds=60), task("b", "a", seconds=60), task("c", seconds=30)])
    assert schedule.seconds_left(jobs=1, now=0) == 150
    assert schedule.seconds_left(jobs=2, now=0) == 120  # b waits for a
    schedule.start("a", now=100)
    assert schedule.seconds_left(jobs=1, now=120) == 130
    schedule.end("a", "done", now=130)
    assert schedule.seconds_left(jobs=2, now=130) == 60


def test_tasks_without_a_history_count_as_long_as_the_others() -> None:
    schedule = Schedule([task("a", seconds=10), task("b"), task("c")])
    assert schedule.seconds_left(jobs=1, now=0) == 30
    assert Schedule([task("a")]).seconds_left(jobs=1, now=0) is None
