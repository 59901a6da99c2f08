"""`harness report`: write the boards in reports/ from the Parquet files; `harness report diff REV` compares boards."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.advice.answer.board_section import with_backtest
from harness.config.project import Project
from harness.display.plain_text import plain
from harness.reports.contract.leaderboard_file import read_board_file
from harness.reports.rendering.readme import with_board
from harness.reports.sections.figures import FIGURES
from harness.reports.write import CARDS, build, write
from harness.runtime.atomic_output import atomic_file
from harness.runtime.parent_watch import exit_with_parent


def main(argv: Sequence[str]) -> int:
    """Write all boards of the project that contains the working directory."""
    if list(argv[:1]) == ["diff"]:
        from harness.verbs._report_diff import main as diff

        return diff(argv[1:])
    exit_with_parent()
    parser = argparse.ArgumentParser(
        prog="harness report",
        description="Write the boards in reports/ from the Parquet files: leaderboard.html, .md and .json, details.md, "
        "metrics.json, data cards and figures.",
        epilog="`harness report diff REV` says which rows changed since a commit.",
    )
    parser.add_argument("--readme", action="store_true", help="only copy the current board into README.md")
    options = parser.parse_args(argv)
    project = Project.here()
    if options.readme:
        readme = project.root / "README.md"
        text = with_board(readme.read_text(encoding="utf-8"), read_board_file(project.root / "reports"))
        with atomic_file(readme) as working:
            working.write_text(text, encoding="utf-8")
        print("wrote the board in README.md")
        return 0
    from harness.sources.licences import licence_table

    board = build(project, sources=licence_table(project))
    board = with_backtest(project, board, reports=project.reports_folder)
    written = write(board, project)
    for domain, sentences in board.findings.items():
        print("\n".join(plain(f"{domain}: {sentence}") for sentence in sentences))
    print(f"wrote {len(board.rows)} rows -> reports/: {', '.join(written)}, {CARDS}/, {FIGURES}/")
    return 0
