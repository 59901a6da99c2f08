"""Which tasks are ready, running and done: pure bookkeeping, without processes and clocks of its own.

waiting --> running --> done | unchanged | failed
    `--> skipped: a task that it waits for failed
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from harness.running.tasks.task import Task

State = Literal["waiting", "running", "done", "unchanged", "failed", "skipped"]
"""`unchanged`: DVC found that the stage is up to date, and ran nothing."""

Outcome = Literal["done", "unchanged", "failed"]
ENDED: tuple[State, ...] = ("done", "unchanged", "failed", "skipped")


@dataclass
class Status:
    """Where one task stands."""

    state: State = "waiting"
    started: float | None = None
    """Seconds on the clock of the caller."""
    seconds: float | None = None
    """How long it ran; null before its end."""
    where: str = ""
    """The machine that runs it; empty: this one."""
    because: str | None = None
    """The failed task that a skipped one waits for."""


class Schedule:
    """The tasks of one round, each after those that it waits for.

    A name in `after` that is no task of the round counts as done.
    """

    def __init__(self, tasks: Iterable[Task]) -> None:
        self.tasks: dict[str, Task] = {task.name: task for task in tasks}
        self.status: dict[str, Status] = {name: Status() for name in self.tasks}

    def names(self, *states: State) -> list[str]:
        """The tasks in these states, in order."""
        return [name for name, status in self.status.items() if status.state in states]

    def ready(self) -> list[Task]:
        """Waiting tasks that may start: all that they wait for has ended well. The longest known ones come first."""
        ended = {name for name, status in self.status.items() if status.state in ("done", "unchanged")}
        waiting = [self.tasks[name] for name in self.names("waiting")]
        ready = [task for task in waiting if all(name in ended for name in task.after if name in self.tasks)]
        remaining = self._remaining()
        return sorted(ready, key=lambda task: -remaining[task.name])

    @property
    def finished(self) -> bool:
        """Whether nothing runs or waits any more."""
        return not self.names("waiting", "running")

    def start(self, name: str, *, now: float, where: str = "") -> None:
        """Note that a task runs."""
        status = self.status[name]
        status.state, status.started, status.where = "running", now, where

    def end(self, name: str, outcome: Outcome, *, now: float) -> None:
        """Note how a task ended. If it failed, what depends on it is skipped; everything else goes on."""
        status = self.status[name]
        status.state = outcome
        status.seconds = now - status.started if status.started is not None else 0.0
        if outcome == "failed":
            for dependant in self._dependants(name):
                self.status[dependant].state, self.status[dependant].because = "skipped", name

    def seconds_left(self, *, jobs: int, now: float) -> float | None:
        """Estimate of the time until the end with `jobs` tasks at a time; null if no task has a history.

        A task without a history counts as long as the mean of the others.
        """
        left = {name: self._left(name, now) for name in self.names("waiting", "running")}
        if not left:
            return 0.0
        chain = self._remaining(left)
        return None if self._mean() is None else max(sum(left.values()) / jobs, *chain.values())

    def _left(self, name: str, now: float) -> float:
        status, expected = self.status[name], self._expected(name)
        return max(0.0, expected - (now - status.started)) if status.started is not None else expected

    def _mean(self) -> float | None:
        known = [task.seconds for task in self.tasks.values() if task.seconds is not None]
        known += [status.seconds for status in self.status.values() if status.state == "done" and status.seconds]
        return sum(known) / len(known) if known else None

    def _expected(self, name: str) -> float:
        seconds = self.tasks[name].seconds
        return seconds if seconds is not None else self._mean() or 0.0

    def _remaining(self, left: Mapping[str, float] | None = None) -> dict[str, float]:
        """Seconds from the start of each unfinished task to the end of the longest chain that waits for it."""
        left = left if left is not None else {name: self._expected(name) for name in self.names("waiting", "running")}
        found: dict[str, float] = {}
        followers: dict[str, list[str]] = {name: [] for name in left}
        for name in left:
            for before in self.tasks[name].after:
                if before in followers:
                    followers[before].append(name)

        def longest(name: str) -> float:
            if name not in found:
                found[name] = left[name] + max(map(longest, followers[name]), default=0.0)
            return found[name]

        return {name: longest(name) for name in left}

    def _dependants(self, failed: str) -> list[str]:
        """Waiting tasks that wait for a failed one, directly or through others."""
        found = {failed}
        while True:
            more = {name for name in self.names("waiting") if name not in found and self.tasks[name].after & found}
            if not more:
                return [name for name in self.tasks if name in found - {failed}]
            found |= more
