"""Where tables are printed: a terminal, or a pipe, which has no edge to wrap at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH = 1000
"""Columns of a pipe unless COLUMNS says otherwise."""


def table_console() -> Console:
    """Standard output, as wide as COLUMNS says, else as the terminal is."""
    from rich.console import Console

    console = Console(markup=False, highlight=False)
    if not console.is_terminal and not _asked_width():
        console.width = PIPE_WIDTH
    return console


def _asked_width() -> bool:
    columns = os.environ.get("COLUMNS", "")
    return columns.isdecimal() and int(columns) > 0
