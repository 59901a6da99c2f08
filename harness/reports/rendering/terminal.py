"""The board in the terminal: one table per domain with as many columns as fit, its notes, then the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from harness.display.numbers import level
from harness.display.plain_text import plain
from harness.errors import DataError, did_you_mean
from harness.reports.board.rows.sorting import sort_rows
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.rendering.column_fit import Layout, drawn_table, first_that_fits
from harness.reports.rendering.terminal_columns import (
    BAR,
    DIFFERENCE,
    PLACE,
    RECIPE,
    SCORE,
    columns_of,
    main_columns,
    sorted_column,
)
from harness.reports.tables.cell_texts import unscored_sentences
from harness.reports.tables.fold_sentences import fold_sentences
from harness.reports.tables.machine_marks import mark_sentences
from harness.reports.tables.notes import NumberedNotes, notes_of

if TYPE_CHECKING:
    from rich.console import Console


def chosen(board: Leaderboard, *, domain: str | None, by: str) -> Leaderboard:
    """The board of one domain (or all), sorted; rows that cannot be ranked stay below the others.

    Raises:
        DataError: no row has that domain.
        ConfigError: an unknown sorting.
    """
    domains = list(dict.fromkeys(row.domain for row in board.rows))
    if domain is not None and domain not in domains:
        raise DataError(
            f'no row of the domain "{domain}"', where="reports/leaderboard.json", hint=did_you_mean(domain, domains)
        )
    rows = sort_rows([row for row in board.rows if domain in (None, row.domain)], by)
    rows.sort(key=lambda row: (domains.index(row.domain), row.status == "failed", not row.comparable))
    findings = {d: found for d, found in board.findings.items() if domain in (None, d)}
    transfer = {d: found for d, found in board.transfer.items() if domain in (None, d)}
    alignment = {d: found for d, found in board.alignment.items() if domain in (None, d)}
    parts = {"rows": rows, "findings": findings, "transfer": transfer, "alignment": alignment}
    return board.model_copy(update=parts)


def show(board: Leaderboard, console: Console, *, by: str = "accuracy") -> None:
    """One table per domain, each followed by its notes and findings; the column sorted by is always shown."""
    from rich.text import Text

    for sentence in unscored_sentences(board):
        console.print(Text(plain(sentence)))
    hidden: list[str] = []
    for domain, of_domain in groupby(board.rows, key=lambda row: row.domain):
        rows = list(of_domain)
        ranked = [row for row in rows if row.comparable]
        if ranked:
            hidden += _print(ranked, f"{domain}, by {by}, the best first", board, console, by=by)
        other = [row for row in rows if not row.comparable]
        if other:
            title = f"{domain}: not comparable, scored by another protocol"
            hidden += _print(other, title, board, console, by=by)
        for sentence in [*fold_sentences(rows), *mark_sentences(rows)]:
            console.print(Text(plain(sentence)))
        for sentence in board.findings.get(domain, []):
            console.print(Text(f"- {plain(sentence)}"))
        console.print()
    console.print(Text(_conditions(board), style="dim"))
    if hidden:
        names = "; ".join(dict.fromkeys(hidden))
        console.print(Text(f"Left out for width: {names}. A wider terminal shows more, --json all.", style="dim"))


def _conditions(board: Leaderboard) -> str:
    protocol = board.protocol
    reference = next((row.delta.reference for row in board.rows if row.delta), None)
    return " ".join(
        [
            f"Brackets hold {level(protocol.confidence)} intervals.",
            *([f"Differences are in points to {reference}, paired by item."] if reference else []),
            "May be best: cannot be told from the best row with these items and seeds.",
            "Memory and time are those of the training; money adds scoring, at prices of "
            f"{protocol.prices.as_of}. More: reports/leaderboard.md",
        ]
    )


def _print(rows: list[Row], title: str, board: Leaderboard, console: Console, *, by: str) -> list[str]:
    """Print as many columns as fit; return the names of what is left out."""
    from rich.text import Text

    ascii_only = not console.encoding.startswith("utf")
    notes = NumberedNotes([notes_of(row) for row in rows], ascii_only=ascii_only)
    columns = columns_of(rows, list(map(notes.label, range(len(rows)))), board, by=by, ascii_only=ascii_only)
    main = [name for name in columns if name in (*main_columns(board), sorted_column(board, by))]
    layouts = _layouts(list(columns), main, sorted_column(board, by))
    layout = first_that_fits(columns, layouts, console.width)
    console.print(drawn_table(columns, layout, width=console.width, title=plain(title)))
    for line in notes.lines():
        console.print(Text(plain(line)))
    without_interval = [name for name in layout.shown if name in layout.short and name not in (RECIPE, SCORE)]
    left_out = [f"interval of {name}" for name in without_interval]
    left_out += [name for name in columns if name not in layout.shown]
    return [name.replace(BAR, "bar").replace("\n", " ") for name in left_out]


def _layouts(names: Sequence[str], main: Sequence[str], sorted_by: str) -> Iterator[Layout]:
    """From the widest to the narrowest: fewer further columns, then shorter texts, then fewer of the main columns.

    Recipe, score and the column sorted by are always there.
    """
    further, kept = [name for name in names if name not in main and name != PLACE], {RECIPE, SCORE, sorted_by}
    intervals = (DIFFERENCE, *({sorted_by} - {SCORE}))
    short = [frozenset(one) for one in ((), (RECIPE,), intervals, (RECIPE, *intervals))]
    for count in range(len(further), 0, -1):
        yield _layout(names, {*main, PLACE, *further[:count]}, short[0])
    yield from (_layout(names, {*main, PLACE}, one) for one in short)
    yield from (_layout(names, set(main), one) for one in short)
    left = list(main)
    while droppable := [name for name in left if name not in kept]:
        left.remove(BAR if droppable == [BAR, DIFFERENCE] else droppable[-1])
        yield from (_layout(names, set(left), one) for one in short[2:])
    yield _layout(names, set(left), frozenset((RECIPE, SCORE, *intervals)))


def _layout(names: Sequence[str], shown: set[str], short: frozenset[str]) -> Layout:
    return Layout(tuple(name for name in names if name in shown), short & shown)
