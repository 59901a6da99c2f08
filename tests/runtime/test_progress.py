from __future__ import annotations

import io
import os
import pty
import re
import select
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.runtime.progress import LINE_SECONDS, Progress, duration


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def recorded(total: int, *, done: int = 0) -> Iterator[tuple[Progress, Clock, io.StringIO]]:
    clock, stream = Clock(), io.StringIO()
    with Progress("train peft/lora-x-0", total=total, done=done, stream=stream, clock=clock) as progress:
        yield progress, clock, stream


def test_a_log_gets_a_first_line_one_line_per_twenty_seconds_and_a_last_line() -> None:
    with recorded(40) as (progress, clock, stream):
        for step in range(40):
            clock.now += 4
            progress.advance(1, note=f"loss {1 - step / 100:.2f}")
    assert stream.getvalue().splitlines() == [
        "train peft/lora-x-0: 0/40",
        "train peft/lora-x-0: 5/40, 20 s, 140 s left, loss 0.96",
        "train peft/lora-x-0: 10/40, 40 s, 120 s left, loss 0.91",
        "train peft/lora-x-0: 15/40, 60 s, 100 s left, loss 0.86",
        "train peft/lora-x-0: 20/40, 80 s, 80 s left, loss 0.81",
        "train peft/lora-x-0: 25/40, 100 s, 60 s left, loss 0.76",
        "train peft/lora-x-0: 30/40, 120 s, 40 s left, loss 0.71",
        "train peft/lora-x-0: 35/40, 140 s, 20 s left, loss 0.66",
        "train peft/lora-x-0: 40/40, 160 s, loss 0.61",
    ]


def test_a_short_loop_gets_two_lines() -> None:
    with recorded(2) as (progress, clock, stream):
        clock.now += 1
        progress.advance(2)
    assert stream.getvalue() == "train peft/lora-x-0: 0/2\ntrain peft/lora-x-0: 2/2, 1 s\n"


def test_the_time_left_does_not_count_what_an_earlier_run_did() -> None:
    with recorded(40, done=30) as (progress, clock, stream):
        clock.now += 50
        progress.advance(5)
        assert stream.getvalue().splitlines()[-1] == "train peft/lora-x-0: 35/40, 50 s, 50 s left"


def test_hours_are_written_as_hours() -> None:
    with recorded(3) as (progress, clock, stream):
        clock.now += 3700
        progress.advance(1)
        assert stream.getvalue().splitlines()[-1] == "train peft/lora-x-0: 1/3, 62 min, 2 h 3 min left"


def test_an_exception_is_reported_and_raised_again() -> None:
    clock, stream = Clock(), io.StringIO()
    with pytest.raises(KeyboardInterrupt), Progress("score", total=9, stream=stream, clock=clock) as progress:  # noqa: PT012
        progress.advance(4)
        clock.now += 7
        raise KeyboardInterrupt
    assert stream.getvalue().splitlines()[-1] == "score: stopped at 4/9 after 7 s"


@given(pauses=st.lists(st.floats(min_value=0, max_value=60), min_size=1, max_size=50))
def test_lines_are_never_closer_than_the_limit(pauses: list[float]) -> None:
    with recorded(len(pauses)) as (progress, clock, stream):
        printed_at = [clock.now]
        for pause in pauses:
            clock.now += pause
            before = stream.tell()
            progress.advance()
            if stream.tell() > before:
                printed_at.append(clock.now)
    gaps = [after - before for before, after in pairwise(printed_at)]
    assert all(gap >= LINE_SECONDS for gap in gaps)
    assert stream.getvalue().splitlines()[-1].startswith(f"train peft/lora-x-0: {len(pauses)}/{len(pauses)}")


@given(st.floats(min_value=0, max_value=1e6))
def test_a_duration_is_short_and_close_to_the_seconds(seconds: float) -> None:
    parts = re.fullmatch(r"(?:(\d+) h )?(?:(\d+) min)?(?:(\d+) s)?", duration(seconds))
    assert parts
    hours, minutes, rest = (int(part or 0) for part in parts.groups())
    assert abs(hours * 3600 + minutes * 60 + rest - seconds) <= (30 if seconds >= 300 else 0.5)


def test_a_terminal_gets_a_bar_with_the_note() -> None:
    reader, writer = pty.openpty()
    seen = b""
    with open(writer, "w", encoding="utf-8") as stream:  # noqa: PTH123 (a file descriptor)
        with Progress("train [x]", total=4, stream=stream) as progress:
            progress.advance(4, note="loss [0.41]")
        stream.flush()
        while b"loss [0.41]" not in seen:
            assert select.select([reader], [], [], 10)[0], seen
            seen += os.read(reader, 65536)
    os.close(reader)
    assert b"train [x]" in seen
    assert b"4/4" in seen
