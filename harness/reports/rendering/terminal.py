"""The board in the terminal: one table per domain with as many columns as fit, then the findings."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING

from harness.display.numbers import UNKNOWN, byte_size, count, level
from harness.display.plain_text import plain
from harness.errors import DataError, did_you_mean
from harness.reports.board.sorting import sort_rows
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.rendering.column_fit import STACKED_WRAPS, WRAPS, layout, stacked
from harness.reports.tables.cell_texts import (
    delta_text,
    memory_text,
    money_text,
    money_with_parents_text,
    rank_cell_text,
    refusal_text,
    retention_text,
    score_text,
    score_time_text,
    time_with_parents_text,
    train_time_text,
    trials_text,
    unscored_sentences,
    value_text,
)
from harness.reports.tables.machine_marks import mark_sentences, time_marks

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

VERDICT_STYLES = {"better": "green", "worse": "red", "equivalent": "cyan", "undecided": "yellow"}
MONEY, WITH_PARENTS = "money", " with parents"
DROPPED = (
    f"train time{WITH_PARENTS}",
    f"{MONEY}{WITH_PARENTS}",
    "saved",
    "parameters",
    "trials",
    "seeds",
    "first token",
    "score time",
    "n",
    "train time",
    "train memory",
    MONEY,
    "rank",
    "refusal/over",
    "retention",
    "hallucination",
)
"""Columns that a narrow terminal leaves out, in this order. `MONEY` stands for the currency of the board."""
SORTED = {
    "score": "score",
    "delta": "to reference",
    "hallucination": "hallucination",
    "memory": "train memory",
    "usd": MONEY,
    "seconds": "train time",
    "parameters": "parameters",
    "bytes": "saved",
}
"""Name of a sorting -> the column that shows it, which is never left out."""


def chosen(board: Leaderboard, *, domain: str | None, sort: str) -> Leaderboard:
    """The board of one domain (or all), sorted by one column; rows that cannot be ranked stay below the others.

    Raises:
        DataError: no row has that domain.
        ConfigError: an unknown column.
    """
    domains = sorted({row.domain for row in board.rows})
    if domain is not None and domain not in domains:
        raise DataError(
            f'no row of the domain "{domain}"', where="reports/leaderboard.json", hint=did_you_mean(domain, domains)
        )
    rows = sort_rows([row for row in board.rows if domain in (None, row.domain)], sort)
    rows.sort(key=lambda row: (row.domain, row.status == "failed", not row.comparable))
    findings = {d: found for d, found in board.findings.items() if domain in (None, d)}
    transfer = {d: found for d, found in board.transfer.items() if domain in (None, d)}
    return board.model_copy(update={"rows": rows, "findings": findings, "transfer": transfer})


def show(board: Leaderboard, console: Console, *, sorting: str = "score") -> None:
    """One table per domain, each followed by its findings; the column that `sorting` reads is always shown."""
    from rich.text import Text

    for sentence in unscored_sentences(board):
        console.print(Text(plain(sentence)))
    hidden: list[str] = []
    for domain, of_domain in groupby(board.rows, key=lambda row: row.domain):
        rows = list(of_domain)
        ranked = [row for row in rows if row.comparable]
        if ranked:
            hidden += _print(ranked, f"{domain}", board, console, sorting=sorting)
        other = [row for row in rows if not row.comparable]
        if other:
            title = f"{domain}: not comparable, scored by another protocol"
            hidden += _print(other, title, board, console, sorting=sorting)
        for sentence in mark_sentences(rows):
            console.print(Text(plain(sentence)))
        for sentence in board.findings.get(domain, []):
            console.print(Text(f"- {plain(sentence)}"))
        console.print()
    console.print(Text(_conditions(board), style="dim"))
    if hidden:
        names = ", ".join(dict.fromkeys(hidden))
        console.print(Text(f"left out for width: {names} (--json has all)", style="dim"))


def _conditions(board: Leaderboard) -> str:
    protocol = board.protocol
    reference = next((row.delta.reference for row in board.rows if row.delta), None)
    return "; ".join(
        [
            f"{level(protocol.confidence)} intervals",
            *([f"differences to {reference}, paired by item, with Holm-corrected verdicts"] if reference else []),
            "recipes with equal ranks cannot be told apart, P(best) in brackets",
            *(["* own budget"] if any(row.budget_overridden for row in board.rows) else []),
            *(["† stale: something changed since (`harness plan`)"] if any(row.stale for row in board.rows) else []),
            f"prices of {protocol.prices.as_of}. How to read it: reports/leaderboard.md",
        ]
    )


def _print(rows: list[Row], title: str, board: Leaderboard, console: Console, *, sorting: str) -> list[str]:
    """Print as many columns as fit; return the names of the columns left out."""
    from rich.table import Table

    currency = board.protocol.prices.currency
    shows_parents = any(row.parents for row in rows)
    columns = {name: [cell(row) for row in rows] for name, cell in cells_of(currency).items()}
    columns = {name: cells for name, cells in columns.items() if shows_parents or not name.endswith(WITH_PARENTS)}
    dropped = [name.replace(MONEY, currency) for name in DROPPED if name != SORTED[sorting]]
    if SORTED[sorting] in DROPPED:
        dropped.append("to reference")  # three columns fit anywhere: recipe, score and the one sorted by
    shown, widths = layout(columns, dropped[:-1], console.width, wraps=WRAPS)
    if not shown:
        columns |= {name: list(map(stacked, columns[name])) for name in ("score", "hallucination")}
        shown, widths = layout(columns, dropped, console.width, wraps=STACKED_WRAPS)
    table = Table(title=plain(title), title_justify="left", title_style="bold", header_style="bold")
    for name, width in zip(shown, widths, strict=True):
        table.add_column(name, width=width, overflow="fold", justify="left" if name in WRAPS else "right")
    for i, row in enumerate(rows):
        table.add_row(*(columns[name][i] for name in shown), style="dim" if row.status == "failed" else "")
    console.print(table)
    return [name for name in columns if name not in shown]


def cells_of(currency: str) -> dict[str, Callable[[Row], Text]]:
    """Column -> the cell of a row, in the order of the table."""
    from rich.text import Text

    def text(write: Callable[[Row], str]) -> Callable[[Row], Text]:
        return lambda row: Text(plain(write(row)))

    return {
        "recipe": text(lambda row: row.row_id + ("*" if row.budget_overridden else "") + ("†" if row.stale else "")),
        "rank": text(rank_cell_text),
        "score": _score,
        "to reference": _delta,
        "hallucination": text(lambda row: value_text(row.hallucination)),
        "refusal/over": text(lambda row: refusal_text(row.safety).replace(" / ", "/")),
        "retention": text(lambda row: retention_text(row.retention)),
        currency: text(money_text),
        f"{currency}{WITH_PARENTS}": text(money_with_parents_text),
        "train memory": text(memory_text),
        "train time": text(train_time_text),
        f"train time{WITH_PARENTS}": text(time_with_parents_text),
        "first token": text(_first_token),
        "score time": text(score_time_text),
        "parameters": text(lambda row: count(row.trainable_parameters)),
        "saved": text(lambda row: byte_size(row.saved_bytes)),
        "trials": text(trials_text),
        "seeds": text(lambda row: str(len(row.seeds))),
        "n": text(lambda row: UNKNOWN if row.n is None else str(row.n)),
    }


def _first_token(row: Row) -> str:
    return UNKNOWN if row.latency_ms is None else f"{row.latency_ms:.0f} ms{time_marks(row)}"


def _score(row: Row) -> Text:
    from rich.text import Text

    if row.status == "failed":
        return Text(plain(score_text(row)), style="red")
    text = Text(plain(score_text(row)), style="" if row.score is None else "bold")
    if row.failed_seeds and row.score:
        text.append(f" failed: {plain(row.reason or '')}", style="red")
    return text


def _delta(row: Row) -> Text:
    from rich.text import Text

    return Text(delta_text(row.delta), style="" if row.delta is None else VERDICT_STYLES[row.delta.verdict])
