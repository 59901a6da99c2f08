"""What `dvc repro` prints, read as events of a schedule."""

from __future__ import annotations

import re

from harness.own.own_project import UP_TO_DATE as OWN_UP_TO_DATE
from harness.running.tasks.schedule import Outcome, Schedule

RUNS = re.compile(r"Running stage '([^']+)'")
UP_TO_DATE = re.compile(r"Stage '([^']+)' didn't change, skipping")
RESTORED = re.compile(r"Stage '([^']+)' is cached - skipping run")
RECORDED = re.compile(r"(Updating|Generating) lock file")
FAILED = re.compile(r"(WARNING|ERROR): failed to run:")
FAILED_STAGES = re.compile(r"ERROR: failed to reproduce(?: stages?:)? (.*)")


class DvcOutput:
    """Follow one `dvc repro` of several stages, line by line."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._current: str | None = None

    def read(self, line: str, *, now: float) -> None:
        """Note what the line says about the stages of the schedule."""
        if found := RUNS.match(line):
            self._end("done", now)
            self._start(found.group(1), now)
        elif found := UP_TO_DATE.match(line):
            self._end("done", now)
            self._at_once(found.group(1), "unchanged", now)
        elif found := RESTORED.match(line):
            self._end("done", now)
            self._at_once(found.group(1), "done", now)
        elif RECORDED.match(line):
            self._end("done", now)
        elif FAILED.match(line):
            self._end("failed", now)
        elif found := FAILED_STAGES.match(line):
            for name in re.findall(r"'([^']+)'", found.group(1)):
                self._at_once(name, "failed", now)

    def close(self, *, ok: bool, now: float) -> None:
        """DVC has ended; `ok`: without an error."""
        self._end("done" if ok else "failed", now)

    def _start(self, name: str, now: float) -> None:
        if name in self._schedule.tasks:
            self._schedule.start(name, now=now)
            self._current = name

    def _end(self, outcome: Outcome, now: float) -> None:
        if self._current is not None:
            self._schedule.end(self._current, outcome, now=now)
            self._current = None

    def _at_once(self, name: str, outcome: Outcome, now: float) -> None:
        status = self._schedule.status.get(name)
        if status is not None and status.state in ("waiting", "running", "skipped"):
            self._schedule.end(name, outcome, now=now)


def outcome_of(output: str, *, code: int) -> Outcome:
    """How a `dvc repro` of one stage ended, from everything that it printed and its exit code."""
    if code != 0:
        return "failed"
    if re.search(RUNS.pattern, output) or re.search(RESTORED.pattern, output):
        return "done"
    return "unchanged" if re.search(UP_TO_DATE.pattern, output) or OWN_UP_TO_DATE in output else "done"
