"""`harness leaderboard`: the board in the terminal, from the committed reports/leaderboard.json."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.project import Project
from harness.display.console import table_console
from harness.pipeline.staleness import judged_runs
from harness.reports.board.sorting import SORTINGS
from harness.reports.board.stale_rows import marked
from harness.reports.contract.leaderboard_file import board_json, read_board_file
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
    parser.add_argument("--json", action="store_true", help="print reports/leaderboard.json, in the order asked for")
    options = parser.parse_args(argv)
    project = Project.here()
    written = marked(read_board_file(project.root / "reports"), judged_runs(project))
    board = chosen(written, domain=options.domain, by=options.by)
    if options.json:
        print(board_json(board), end="")
        return 0
    (show_suites if options.suites else show)(board, table_console(), by=options.by)
    return 0
