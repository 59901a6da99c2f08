"""Read plain text and Markdown files: each paragraph or each line is a record."""

from __future__ import annotations

from collections.abc import Iterator

from harness.user_files.containers.text_stream import TextStream
from harness.user_files.decision_log import DecisionLog
from harness.user_files.record import Record

PARAGRAPHS = "paragraphs were read, one text each, because blank lines separate them; --lines reads each line instead"
LINES = (
    "lines were read, one text each, because no blank line separates paragraphs; "
    "if they belong together, put blank lines between the texts"
)


def paragraphs(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
    """`{"text": ...}` for each run of lines between blank lines; for each line if no line is blank.

    Raises:
        DataError: a line is too long.
    """
    blocks: list[tuple[int, list[str]]] = []
    is_open = False
    for number, line in enumerate(text.lines(newline=""), 1):
        if line.strip() and is_open:
            blocks[-1][1].append(line)
        elif line.strip():
            blocks.append((number, [line]))
        is_open = bool(line.strip())
    if len(blocks) == 1 and len(blocks[0][1]) > 1:
        start, only = blocks[0]
        blocks = [(start + place, [line]) for place, line in enumerate(only)]
        decisions.count(LINES, len(blocks))
    elif any(len(block) > 1 for _, block in blocks):
        decisions.count(PARAGRAPHS, len(blocks))
    for index, (start, block) in enumerate(blocks):
        yield Record(text.path, start, index, {"text": "".join(block).strip()})


def text_lines(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
    """`{"text": ...}` for each line that is not blank. `decisions` is not used.

    Raises:
        DataError: a line is too long.
    """
    index = 0
    for number, line in enumerate(text.lines(newline=""), 1):
        if line.strip():
            yield Record(text.path, number, index, {"text": line.strip()})
            index += 1


def whole_text(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
    """The whole file as one record. `decisions` is not used."""
    content = text.all().strip()
    if content:
        yield Record(text.path, 1, 0, {"text": content})
