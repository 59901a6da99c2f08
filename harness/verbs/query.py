"""`harness query "SELECT ..."`: query the store in SQL. This never changes or locks it."""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from collections.abc import Sequence
from typing import Any

from harness.config.project import Project
from harness.display.console import table_console
from harness.display.plain_text import plain
from harness.store.parquet_views import RELATIONS
from harness.store.query import TABLE_ROWS, Answer, ask


def main(argv: Sequence[str]) -> int:
    """Print the answer as a table, JSON or CSV."""
    parser = argparse.ArgumentParser(
        prog="harness query",
        description="Query the store in SQL (read only). Tables: " + ", ".join(RELATIONS) + ".",
        epilog='example: harness query "SELECT recipe, avg(value) AS accuracy FROM results '
        "WHERE metric = 'accuracy' GROUP BY recipe ORDER BY accuracy DESC\"",
    )
    parser.add_argument("sql", help='one SELECT, FROM, DESCRIBE, SHOW, SUMMARIZE or PIVOT; try "DESCRIBE runs"')
    style = parser.add_mutually_exclusive_group()
    style.add_argument("--json", action="store_true", help="a list of objects")
    style.add_argument("--csv", action="store_true", help="comma-separated values with a header")
    options = parser.parse_args(argv)
    answer = ask(Project.here().root, options.sql)
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


def _print_table(answer: Answer) -> None:
    from rich.table import Table

    numeric = [all(isinstance(row[i], int | float | None) for row in answer.rows) for i in range(len(answer.columns))]
    table = Table(header_style="bold", row_styles=["", "dim"])
    for name, right in zip(answer.columns, numeric, strict=True):
        table.add_column(plain(name), justify="right" if right else "left", overflow="fold")
    for row in answer.rows[:TABLE_ROWS]:
        table.add_row(*map(_cell, row))
    table_console().print(table)
    if len(answer.rows) > TABLE_ROWS:
        print(f"the first {TABLE_ROWS} of {len(answer.rows):,} rows; --csv or --json prints all", file=sys.stderr)


def _cell(value: Any) -> str:
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
