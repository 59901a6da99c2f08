"""The console on which tables are printed: a terminal, or a pipe, which has no width to wrap at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH = 1000
"""Width of a pipe in characters, unless the environment variable COLUMNS sets another."""


def table_console() -> Console:
    """Standard output, as wide as the environment variable COLUMNS says, else as wide as the terminal."""
    from rich.console import Console

    console = Console(markup=False, highlight=False)
    if not console.is_terminal and not _asked_width():
        console.width = PIPE_WIDTH
    return console


def _asked_width() -> bool:
    columns = os.environ.get("COLUMNS", "")
    return columns.isdecimal() and int(columns) > 0
