"""The columns of the board in the terminal, in the order in which a person reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from harness.display.numbers import UNKNOWN, byte_size, count
from harness.display.plain_text import plain
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import DeltaCell, Row
from harness.reports.rendering.column_fit import Column, broken_after_family, stacked
from harness.reports.rendering.interval_bar import LEAST, MOST, SCALE, interval_bar
from harness.reports.tables.cell_texts import (
    delta_text,
    memory_text,
    money_text,
    money_with_parents_text,
    refusal_text,
    retention_text,
    row_place_text,
    score_text,
    score_time_text,
    short_delta_text,
    time_with_parents_text,
    train_time_text,
    trials_text,
    value_text,
)
from harness.reports.tables.machine_marks import time_marks

if TYPE_CHECKING:
    from rich.text import Text

RECIPE, SCORE, BAR, DIFFERENCE, PLACE, MEMORY, TIME = "recipe", "score", SCALE, "difference", "place", "memory", "time"
HALLUCINATION, RETENTION, SAFETY = "hallucination", "retention", "safety"
_WITH_PARENTS = "\nwith parents"
_VERDICT_STYLES = {"better": "green", "worse": "red", "equivalent": "cyan", "undecided": "yellow"}


def cost_column(board: Leaderboard) -> str:
    """`cost` and the currency below it."""
    return f"cost\n{board.protocol.prices.currency}"


def main_columns(board: Leaderboard) -> list[str]:
    """What every reader wants first. A narrow terminal leaves out the last of these first."""
    return [RECIPE, SCORE, BAR, DIFFERENCE, MEMORY, TIME, cost_column(board)]


def sorted_column(board: Leaderboard, by: str) -> str:
    """The column that shows what the rows are sorted by."""
    return {"accuracy": SCORE, "cost": cost_column(board)}.get(by, by)


def columns_of(
    rows: Sequence[Row], labels: Sequence[str], board: Leaderboard, *, by: str, ascii_only: bool
) -> dict[str, Column]:
    """Name -> column, in the order of the table.

    Args:
        rows: one table's.
        labels: written after the name of each row; they refer to its notes.
        board: the whole board.
        by: the sorting. Its column stands among the first.
        ascii_only: the terminal has no other characters.
    """
    further = _further(rows, board)
    if by != SAFETY:
        further.pop(SAFETY)
    first = sorted_column(board, by)
    moved = {first: further.pop(first)} if first in further else {}
    return {**_main(rows, labels, board, ascii_only=ascii_only), **moved, **further}


def _main(rows: Sequence[Row], labels: Sequence[str], board: Leaderboard, *, ascii_only: bool) -> dict[str, Column]:
    names = [_name(row, label) for row, label in zip(rows, labels, strict=True)]
    scores = [_score(row) for row in rows]
    bars = partial(_bars, rows, ascii_only=ascii_only)
    return {
        RECIPE: Column(names, short=broken_after_family(names)),
        SCORE: Column(scores, short=list(map(stacked, scores))),
        BAR: Column(bars(LEAST), drawn=bars, most=MOST),
        DIFFERENCE: Column(_differences(rows, delta_text), short=_differences(rows, short_delta_text)),
        MEMORY: _texts(rows, memory_text, right=True),
        TIME: _texts(rows, train_time_text, right=True),
        cost_column(board): _texts(rows, money_text, right=True),
    }


def _further(rows: Sequence[Row], board: Leaderboard) -> dict[str, Column]:
    """The rest, the most telling first. Costs with parents are there only if some row has parents."""
    found = {
        PLACE: _texts(rows, row_place_text),
        RETENTION: _intervals(rows, lambda row: retention_text(row.retention)),
        HALLUCINATION: _intervals(rows, lambda row: value_text(row.hallucination)),
        SAFETY: _intervals(rows, lambda row: value_text(row.safety)),
        "% refused:\nharmful / not": _texts(rows, lambda row: refusal_text(row.safety)),
    }
    if any(row.parents for row in rows):
        found[f"time{_WITH_PARENTS}"] = _texts(rows, time_with_parents_text, right=True)
        found[f"cost{_WITH_PARENTS}"] = _texts(rows, money_with_parents_text, right=True)
    return found | {
        "first\ntoken": _texts(rows, _first_token),
        "scoring\ntime": _texts(rows, score_time_text, right=True),
        "trained\nparameters": _texts(rows, lambda row: count(row.trainable_parameters), right=True),
        "saved": _texts(rows, lambda row: byte_size(row.saved_bytes), right=True),
        "tuning\ntrials": _texts(rows, trials_text, right=True),
        "seeds": _texts(rows, lambda row: str(len(row.seeds)), right=True),
        "test\nitems": _texts(rows, lambda row: UNKNOWN if row.n is None else str(row.n), right=True),
    }


def _texts(rows: Sequence[Row], write: Callable[[Row], str], *, right: bool = False) -> Column:
    from rich.text import Text

    return Column([Text(plain(write(row))) for row in rows], right=right)


def _intervals(rows: Sequence[Row], write: Callable[[Row], str]) -> Column:
    """Values with intervals; the short form has the values alone."""
    from rich.text import Text

    column = _texts(rows, write)
    return replace(column, short=[Text(cell.plain.partition(" [")[0]) for cell in column.cells])


def _first_token(row: Row) -> str:
    return UNKNOWN if row.latency_ms is None else f"{row.latency_ms:.0f} ms{time_marks(row)}"


def _name(row: Row, label: str) -> Text:
    from rich.text import Text

    style = "red" if row.status == "failed" else "yellow" if row.stale else ""
    return Text(plain(row.row_id), style=style).append(label)


def _score(row: Row) -> Text:
    """The value with its interval, `failed`, or a dash. Reasons are notes below the table."""
    from rich.text import Text

    if row.status == "failed":
        return Text("failed", style="red")
    return Text(UNKNOWN) if row.score is None else Text(score_text(row), style="bold")


def _bars(rows: Sequence[Row], width: int, *, ascii_only: bool) -> list[Text]:
    from rich.text import Text

    ends = [(row.score.value, row.score.low, row.score.high) if row.score else (None, None, None) for row in rows]
    return [Text(interval_bar(*one, width=width, plain=ascii_only), style="cyan") for one in ends]


def _differences(rows: Sequence[Row], write: Callable[[DeltaCell | None], str]) -> list[Text]:
    from rich.text import Text

    return [Text(write(row.delta), style=_VERDICT_STYLES[row.delta.verdict] if row.delta else "") for row in rows]
