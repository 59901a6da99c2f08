"""`harness leaderboard`: the board in the terminal, from the committed reports/leaderboard.json."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.project import Project
from harness.display.console import table_console
from harness.pipeline.staleness import judged_runs
from harness.reports.board.sorting import COLUMNS
from harness.reports.board.stale_rows import marked
from harness.reports.contract.leaderboard_file import board_json, read_board_file
from harness.reports.rendering.terminal import chosen, show
from harness.reports.rendering.terminal_suites import show_suites


def main(argv: Sequence[str]) -> int:
    """Print the board, or its JSON."""
    parser = argparse.ArgumentParser(prog="harness leaderboard", description="Show the board in the terminal.")
    parser.add_argument("--domain", metavar="D", help="only this domain")
    parser.add_argument("--sort", metavar="COLUMN", default="score", help=", ".join(COLUMNS) + " (default: score)")
    parser.add_argument("--suites", action="store_true", help="every suite instead of the columns of the board")
    parser.add_argument("--json", action="store_true", help="the rows as in reports/leaderboard.json")
    options = parser.parse_args(argv)
    project = Project.here()
    written = marked(read_board_file(project.root / "reports"), judged_runs(project))
    board = chosen(written, domain=options.domain, sort=options.sort)
    if options.json:
        print(board_json(board), end="")
        return 0
    (show_suites if options.suites else show)(board, table_console(), sorting=options.sort)
    return 0
