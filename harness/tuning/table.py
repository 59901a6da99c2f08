"""Show the trials of a search in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from harness.config.tuned import Tuned, Value
from harness.display.console import table_console
from harness.display.numbers import UNKNOWN, duration, percent
from harness.display.plain_text import plain
from harness.tuning.search import Search
from harness.tuning.trial import Trial


def show(search: Search, trials: Sequence[Trial], tuned: Tuned | None) -> None:
    """Print one row per value, then the chosen value and whether it is at the edge of the grid."""
    from rich.table import Table
    from rich.text import Text

    console = table_console()
    table = Table(title=f"{search.recipe.id} on {search.domain}", title_justify="left", header_style="bold")
    metric = tuned.metric if tuned else "score"
    table.add_column(search.grid.parameter, justify="right")
    table.add_column(f"validation {metric}, %", justify="right")
    table.add_column("time", justify="right")
    table.add_column("")
    for trial in trials:
        tried = trial.tried
        chosen = tuned is not None and tried.value == tuned.chosen
        note = plain(f"failed: {tried.failed}") if tried.failed else "chosen" if chosen else ""
        score = UNKNOWN if tried.validation_score is None else percent(tried.validation_score)
        cells = (f"{tried.value:g}", score, duration(tried.seconds), note)
        table.add_row(*map(Text, cells), style="red" if tried.failed else "bold" if chosen else "")
    console.print(table)
    console.print(Text(verdict(search, tuned)))


def verdict(search: Search, tuned: Tuned | None) -> str:
    """The chosen value, and a warning if it is at the edge of the grid, in one or two sentences."""
    if tuned is None:
        return "Every trial failed; nothing was written."
    said = (
        f"Chose {search.grid.parameter} {tuned.chosen:g} on {tuned.items} validation items "
        f"({tuned.metric} {percent(tuned.validation_score)} %)."
    )
    if not tuned.at_edge or len(tuned.grid) == 1:
        return said
    side, beyond = edge(tuned.grid, tuned.chosen)
    return f"{said} It is the {side} value of its grid: a better one may lie {beyond} it."


def edge(grid: Sequence[Value], chosen: Value) -> tuple[str, str]:
    """At which end of the grid the value is, and where a better one may lie: ("lowest", "below") for example."""
    return ("lowest", "below") if chosen == grid[0] else ("highest", "above")
