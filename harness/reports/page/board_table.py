"""The table of a domain: a plain HTML table that reads without scripts; the page's script sorts and filters it."""

from __future__ import annotations

from collections.abc import Sequence

from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.page.columns import Column, columns
from harness.reports.page.escape import safe
from harness.reports.tables.cell_texts import learnt_text


def board_table(rows: Sequence[Row], board: Leaderboard) -> str:
    """One line per row, in the order of the board."""
    shown = columns(rows, board)
    domain = safe(rows[0].domain)
    head = "".join(_heading(column) for column in shown)
    body = "".join(_line(place, row, shown) for place, row in enumerate(rows))
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Rows of {domain}">'
        f'<table class="board"><caption>All rows of {domain}, by falling score</caption>'
        f'<thead><tr><th scope="col" data-key="recipe">recipe</th>{head}</tr></thead><tbody>{body}</tbody></table>'
        "</div>"
    )


def _heading(column: Column) -> str:
    classes = ' class="num"' if column.number else ""
    shown = "" if column.shown else ' data-later=""'
    return f'<th scope="col" data-key="{safe(column.key)}"{classes}{shown}>{safe(column.heading)}</th>'


def _line(place: int, row: Row, shown: Sequence[Column]) -> str:
    classes = "failed" if row.status == "failed" else "" if row.comparable else "other"
    tie = " tie" if row.rank and row.rank.may_be_best else ""
    name = f"<span>{safe(row.title)}</span> <code>{safe(row.row_id)}</code>{_flags(row)}"
    return (
        f'<tr data-row="{place}" data-family="{safe(row.family)}" class="{classes}{tie}">'
        f'<th scope="row">{name}</th>{"".join(_cell(row, column) for column in shown)}</tr>'
    )


def _flags(row: Row) -> str:
    flags = ["own budget"] * row.budget_overridden + ["stale"] * (row.stale is not None)
    flags += [f"{row.shots} shots"] * bool(row.shots) + [text for text in (learnt_text(row),) if text]
    flags += ["another protocol"] * (not row.comparable)
    return "".join(f' <span class="flag">{safe(flag)}</span>' for flag in flags)


def _cell(row: Row, column: Column) -> str:
    found = column.number(row) if column.number else None
    ends = (("v", found.value), ("l", found.low), ("h", found.high)) if found else ()
    data = "".join(f' data-{name}="{value:.9g}"' for name, value in ends if value is not None)
    classes = ' class="num"' if found else ""  # a reason in place of a figure reads as text
    return f"<td{classes}{data}>{safe(column.text(row))}</td>"
