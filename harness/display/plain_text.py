"""Make texts from data safe to show: without terminal control characters and markup."""

from __future__ import annotations

import html
import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_MARKS = re.compile(r"[\\`*~|]|(?<!\w)_|_(?!\w)|\](?=[(\[:])")


def plain(text: str) -> str:
    """`text` on one line without control characters, so that model answers and file names cannot control a terminal."""
    return _CONTROL.sub(" ", text)


def shortened(text: str, *, most: int = 240) -> str:
    """`plain(text)`, cut to `most` characters."""
    line = " ".join(plain(text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def markdown_cell(text: str) -> str:
    """`text` escaped for one line of Markdown or a cell of a table, so that it reads as written.

    HTML is escaped, and so is the Markdown that would change how the text looks: `|`, code, emphasis, strike-through,
    and the end of a link's text. Brackets and underscores inside words have no effect and stay as they are.
    """
    return _MARKS.sub(lambda mark: "\\" + mark.group(), html.escape(plain(text), quote=False))
