"""Report the progress of a loop: a bar with the time left on a terminal, a line every 20 s in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

LINE_SECONDS = 20.0
"""Shortest time between two lines of a log. The first and the last line are always printed."""


class Progress:
    """Report on stderr how many steps of a loop are done.

        with Progress("train peft/lora-hs_products-0", total=40) as progress:
            for batch in batches:
                progress.advance(1, note=f"loss {loss:.2f}")

    A terminal shows a bar. A log gets lines such as
    `train peft/lora-hs_products-0: 16/40, 62 s, 93 s left, loss 0.41`.

    Args:
        label: what runs.
        total: steps of the whole loop.
        done: steps that an interrupted run did before. They do not count for the estimate of the time left.
        stream: where to print (default: stderr).
        clock: seconds that only grow; tests replace it.
    """

    def __init__(
        self,
        label: str,
        *,
        total: int,
        done: int = 0,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.label, self.total, self.done = label, total, done
        self._start = done
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._note = ""
        self._began = self._last_line = clock()
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Progress:
        self._began = self._last_line = self._clock()
        if self._stream.isatty():
            self._bar = _bar(self._stream)
            self._task = self._bar.add_task(self.label, total=self.total, completed=self.done, note="")
            self._bar.start()
        else:
            self._print(f"{self.label}: {self.done}/{self.total}")
        return self

    def advance(self, steps: int = 1, *, note: str = "") -> None:
        """Count `steps` more steps as done. `note`, a short text without line breaks, is shown beside the count."""
        self.done += steps
        self._note = note or self._note
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self.done, note=self._note)
        elif self.done < self.total and self._clock() - self._last_line >= LINE_SECONDS:
            self._print(self._line())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        if kind is not None:
            self._print(f"{self.label}: stopped at {self.done}/{self.total} after {duration(self._elapsed)}")
        elif self._bar is None:
            self._print(self._line())

    @property
    def _elapsed(self) -> float:
        return self._clock() - self._began

    def _line(self) -> str:
        parts = [f"{self.label}: {self.done}/{self.total}", duration(self._elapsed)]
        if self._start < self.done < self.total:
            left = self._elapsed / (self.done - self._start) * (self.total - self.done)
            parts.append(f"{duration(left)} left")
        return ", ".join([*parts, self._note] if self._note else parts)

    def _print(self, line: str) -> None:
        self._last_line = self._clock()
        print(line, file=self._stream, flush=True)


def duration(seconds: float) -> str:
    """`62 s` below five minutes, `12 min` below two hours, else `2 h 5 min`."""
    if seconds < 300:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _bar(stream: TextIO) -> RichProgress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    return RichProgress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        console=Console(file=stream),
    )
