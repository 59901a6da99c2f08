"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.display.plain_text import markdown_cell


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, numeric: Iterable[int] = ()) -> str:
    """A Markdown table; every cell is escaped, and the columns whose index is in `numeric` are aligned right."""
    right = set(numeric)
    lines = [header, ["---:" if i in right else "---" for i in range(len(header))]]
    text = ["| " + " | ".join(map(markdown_cell, lines[0])) + " |", "| " + " | ".join(lines[1]) + " |"]
    text += ["| " + " | ".join(map(markdown_cell, row)) + " |" for row in rows]
    return "\n".join(text)
