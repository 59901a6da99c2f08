"""Show what runs, what is next and how long it takes: a table on a terminal, lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from harness.display.plain_text import plain
from harness.running.tasks.schedule import Schedule, State
from harness.runtime.progress import duration

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

NEXT = 4
"""Waiting tasks that the table names."""
MARKS: dict[State, str] = {
    "running": "runs",
    "done": "done",
    "unchanged": "up to date",
    "failed": "FAILED",
    "skipped": "skipped",
    "waiting": "next",
}


class LiveView:
    """Report changes of a schedule. Use it as a context manager and call `refresh` often.

    Args:
        schedule: the tasks.
        jobs: tasks at a time, for the estimate.
        log_of: task -> the file with its output; the table shows the last line of it.
        stream: where to print (default: stdout).
        redraw: draw the table also where the output is no terminal.
        clock: seconds that only grow; tests replace it.
    """

    def __init__(
        self,
        schedule: Schedule,
        *,
        jobs: int,
        log_of: Callable[[str], Path],
        stream: TextIO | None = None,
        redraw: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.schedule, self.jobs = schedule, jobs
        self._log_of, self._clock = log_of, clock
        self._stream = sys.stdout if stream is None else stream
        self._redraw = redraw or self._stream.isatty()
        self._seen: dict[str, State] = dict.fromkeys(schedule.tasks, "waiting")
        self._live: Live | None = None

    def __enter__(self) -> LiveView:
        if self._redraw:
            from rich.console import Console
            from rich.live import Live

            self._live = Live(
                console=Console(file=self._stream, force_terminal=True), auto_refresh=False, transient=True
            )
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.refresh()
        if self._live is not None:
            self._live.stop()
            self._live = None

    def refresh(self) -> None:
        """Show what changed since the last call."""
        for name, status in self.schedule.status.items():
            if status.state != self._seen[name]:
                self._seen[name] = status.state
                self._say(self.line(name))
        if self._live is not None:
            self._live.update(self.table(), refresh=True)

    def line(self, name: str) -> str:
        """`runs peft@lora-hs_products-0 (82 s last time)`, `done ... after 85 s; 12 of 40, about 14 min left`."""
        status, task = self.schedule.status[name], self.schedule.tasks[name]
        start = f"{MARKS[status.state]:<10} {name}"
        if status.state == "running":
            usual = f" ({duration(task.seconds)} last time)" if task.seconds is not None else ""
            return f"{start}{f' on {status.where}' if status.where else ''}{usual}"
        if status.state == "skipped":
            return f"{start}: {status.because} failed"
        took = f" after {duration(status.seconds)}" if status.seconds and status.state != "unchanged" else ""
        failed = f"; see {self._log_of(name)}" if status.state == "failed" else ""
        return f"{start}{took}{failed}; {self.progress()}"

    def progress(self) -> str:
        """`12 of 40, about 14 min left`."""
        ended = len(self.schedule.names("done", "unchanged", "failed", "skipped"))
        counts = [f"{ended} of {len(self.schedule.tasks)}"]
        for state in ("failed", "skipped"):
            if count := len(self.schedule.names(state)):
                counts.append(f"{count} {state}")
        left = self.schedule.seconds_left(jobs=self.jobs, now=self._clock())
        if not self.schedule.finished:
            counts.append(f"about {duration(left)} left" if left is not None else "no estimate yet")
        return ", ".join(counts)

    def table(self) -> Table:
        """The running tasks with their last line of output, the next ones, and the progress as caption."""
        from rich.table import Table
        from rich.text import Text

        grid = Table(box=None, header_style="bold", pad_edge=False, caption=self.progress(), caption_justify="left")
        for title in ("", "stage", "time", "of about", "last line"):
            grid.add_column(title, no_wrap=title != "stage", overflow="ellipsis")
        for name in self.schedule.names("running"):
            status, task = self.schedule.status[name], self.schedule.tasks[name]
            elapsed = self._clock() - (status.started if status.started is not None else self._clock())
            usual = duration(task.seconds) if task.seconds is not None else "?"
            where = f"{name} on {status.where}" if status.where else name
            cells = ("runs", where, duration(elapsed), usual, self._last_line(name))
            grid.add_row(*map(Text, cells), style="yellow")
        waiting = [task.name for task in self.schedule.ready()]
        waiting += [name for name in self.schedule.names("waiting") if name not in waiting]
        for name in waiting[:NEXT]:
            task = self.schedule.tasks[name]
            usual = duration(task.seconds) if task.seconds is not None else "?"
            grid.add_row(*map(Text, ("next", name, "", usual, "")), style="dim")
        return grid

    def _say(self, line: str) -> None:
        if self._live is not None:
            self._live.console.print(line, markup=False, highlight=False)
        else:
            print(line, file=self._stream, flush=True)

    def _last_line(self, name: str) -> str:
        with suppress(OSError), self._log_of(name).open("rb") as log:
            log.seek(0, 2)
            log.seek(max(0, log.tell() - 2000))
            lines = log.read().decode("utf-8", errors="replace").replace("\r", "\n").split("\n")
            return plain(next((line for line in reversed(lines) if line.strip()), ""))[-80:]
        return ""
