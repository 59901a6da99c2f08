"""`harness query "SELECT ..."`: query the store in SQL. This never changes or locks it."""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

from harness.config.project import Project
from harness.display.console import table_console
from harness.display.plain_text import plain, shortened
from harness.reports.rendering.column_fit import Column, Layout, drawn_table, first_that_fits
from harness.reports.tables.leaderboard_table import FULL_NAME, NAME, leaderboard_for
from harness.store.parquet_views import RELATIONS
from harness.store.query import TABLE_ROWS, Answer, ask

CELL_WIDTH = 60
"""Longest text of a cell in a printed table, in characters."""

EXAMPLES = (
    f"SELECT recipe, value, low, high, place, memory_mb, usd FROM {NAME} WHERE verdict = 'better' ORDER BY usd",
    f"SELECT recipe, rank, rank_last, p_adjusted, energy_wh FROM {FULL_NAME} WHERE comparable ORDER BY domain, rank",
    "SELECT recipe, suite, domain, metric, avg(value) AS value FROM results "
    "WHERE protocol_hash != '' GROUP BY ALL ORDER BY domain, suite, value DESC",
    "SELECT item_id, gold, answer FROM samples JOIN runs USING (run_id) "
    "WHERE recipe = 'peft/lora' AND suite = 'classification' AND correct = 0 LIMIT 5",
)
"""Queries that answer common questions: what is better and cheap, all figures, every suite, wrong answers."""


def main(argv: Sequence[str]) -> int:
    """Print the answer as a table, JSON or CSV."""
    options = _parser().parse_args(argv)
    root = Project.here().root
    answer = ask(root, options.sql, further=leaderboard_for(options.sql, root / "reports"))
    if options.json:
        rows = [dict(zip(answer.columns, map(_jsonable, row), strict=True)) for row in answer.rows]
        print(json.dumps(rows, indent=2, ensure_ascii=False, default=str))
    elif options.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows([map(_flat, row) for row in answer.rows])
    else:
        _print_table(answer)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness query",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Query the store in SQL (read only).\n\n"
        f"`{NAME}` holds the rows of the board that `harness report` wrote last, in rounded figures; `{FULL_NAME}`\n"
        "holds all columns and digits of these rows. A recipe is written with its family in every table: peft/lora.\n"
        + textwrap.fill(f"Tables: {', '.join([NAME, FULL_NAME, *RELATIONS[:-1]])} and {RELATIONS[-1]}.", width=110),
        epilog="examples:\n" + "\n".join(f'  harness query "{example}"' for example in EXAMPLES),
    )
    parser.add_argument("sql", help='one SELECT, FROM, DESCRIBE, SHOW, SUMMARIZE or PIVOT; try "DESCRIBE runs"')
    style = parser.add_mutually_exclusive_group()
    style.add_argument("--json", action="store_true", help="print all rows as JSON, texts uncut")
    style.add_argument(
        "--csv", action="store_true", help="print all rows as comma-separated values with a header, texts uncut"
    )
    return parser


def _print_table(answer: Answer) -> None:
    """As many columns as fit, the first ones first, and notes on what is missing."""
    from rich.text import Text

    rows = answer.rows[:TABLE_ROWS]
    shown = [[_text(value) for value in row] for row in rows]
    columns = {}
    for i, name in enumerate(answer.columns):
        right = all(isinstance(row[i], int | float | None) for row in rows)
        cells = [Text(shortened(row[i], most=CELL_WIDTH)) for row in shown]
        columns[str(i)] = Column(cells, right=right, heading=plain(name))  # two columns may have one name
    names, console = tuple(columns), table_console()
    layouts = (Layout(names[:count]) for count in range(len(names), 0, -1))
    layout = first_that_fits(columns, layouts, console.width)
    console.print(drawn_table(columns, layout, width=console.width, title=""))
    if len(layout.shown) < len(names):
        left_out = ", ".join(answer.columns[len(layout.shown) :])
        print(f"left out for width: {plain(left_out)}; --csv or --json prints all", file=sys.stderr)
    if len(answer.rows) > TABLE_ROWS:
        print(f"the first {TABLE_ROWS} of {len(answer.rows):,} rows; --csv or --json prints all", file=sys.stderr)
    if any(len(text) > CELL_WIDTH for row in shown for text in row):
        print("long texts are shortened; --csv or --json prints them whole", file=sys.stderr)


def _text(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, float):
        return f"{value:.6g}"
    return plain(str(_flat(value)))


def _flat(value: Any) -> Any:
    """Lists and maps become JSON, which other programs can read."""
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else value


def _jsonable(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
