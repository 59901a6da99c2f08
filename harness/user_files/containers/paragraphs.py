"""Read plain text and Markdown files: each paragraph is a record."""

from __future__ import annotations

from collections.abc import Iterator

from harness.user_files.containers.text_stream import TextStream
from harness.user_files.decision_log import DecisionLog
from harness.user_files.record import Record


def paragraphs(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
    """`{"text": ...}` for each run of lines between blank lines. `decisions` is not used.

    Raises:
        DataError: a line is too long.
    """
    index, start = 0, 1
    block: list[str] = []
    for number, line in enumerate(text.lines(newline=""), 1):
        if line.strip():
            start = start if block else number
            block.append(line)
        elif block:
            yield Record(text.path, start, index, {"text": "".join(block).strip()})
            index, block = index + 1, []
    if block:
        yield Record(text.path, start, index, {"text": "".join(block).strip()})
