"""`harness board`: the board of all records on this disk as one page for the browser."""

from __future__ import annotations

import argparse
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from harness.advice.answer.board_section import with_backtest
from harness.config.project import Project
from harness.errors import DataError
from harness.own.board_here import board_here, has_records
from harness.own.records_here import BOARD, RecordsHere
from harness.reports.page.gather import beside
from harness.reports.page.page import NAME, page
from harness.runtime.atomic_output import atomic_file


def main(argv: Sequence[str]) -> int:
    """Write the page, print where it is, and open it if asked to."""
    parser = argparse.ArgumentParser(
        prog="harness board",
        description="Write the board of all records on this disk as one page that needs no network: answers, "
        "pictures, a table to sort and filter, and the answers to read. Without any record: the published page.",
    )
    parser.add_argument("--open", action="store_true", help="open it in the browser")
    options = parser.parse_args(argv)
    path = _written(Project.here())
    print(path)
    if options.open and not webbrowser.open(path.resolve().as_uri()):
        print("no browser can be started here: open this file yourself")
    return 0


def _written(project: Project) -> Path:
    """The page of all records here, in runs/.board; without records the published one.

    Raises:
        DataError: there is neither.
    """
    if not has_records(project.root):
        published = project.root / "reports" / NAME
        if not published.is_file():
            raise DataError("there is no board yet", where=str(published), hint="run `make repro`")
        return published
    board = with_backtest(project, board_here(project), reports=project.root / BOARD)
    target = project.root / BOARD / NAME
    text = page(board, beside(RecordsHere(project.root), board))
    with atomic_file(target) as working:
        working.write_text(text, encoding="utf-8")
    return target
