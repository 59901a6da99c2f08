"""`harness leaderboard`: the board of the records on this disk, in the terminal."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.project import Project
from harness.display.console import table_console
from harness.own.board_here import WITHOUT_RECORDS, board_here, has_records, origins
from harness.own.follow import follow
from harness.reports.board.rows.sorting import SORTINGS
from harness.reports.contract.leaderboard_file import board_json
from harness.reports.rendering.terminal import chosen, show
from harness.reports.rendering.terminal_suites import show_suites


def main(argv: Sequence[str]) -> int:
    """Print the board, or its JSON."""
    parser = argparse.ArgumentParser(
        prog="harness leaderboard",
        description="Show the board in the terminal. A narrow terminal shows fewer columns and says which are missing.",
    )
    parser.add_argument("--domain", metavar="D", help="only this domain")
    parser.add_argument(
        "--by",
        metavar="WHAT",
        default="accuracy",
        help=f"what to sort by, the best row first: {', '.join(SORTINGS)} (default: accuracy)",
    )
    parser.add_argument("--suites", action="store_true", help="one column per suite instead of memory, time and cost")
    parser.add_argument("--json", action="store_true", help="print it in the form of reports/leaderboard.json")
    parser.add_argument("--live", action="store_true", help="show it again whenever a run is finished, until Ctrl-C")
    options = parser.parse_args(argv)
    if options.live:
        return follow(lambda: _show(options))
    _show(options)
    return 0


def _show(options: argparse.Namespace) -> None:
    here = board_here(Project.here())
    board = chosen(here, domain=options.domain, by=options.by)
    if options.json:
        print(board_json(board), end="")
        return
    (show_suites if options.suites else show)(board, table_console(), by=options.by)
    print(origins(here))
    if not has_records(Project.here().root):
        print(WITHOUT_RECORDS)
