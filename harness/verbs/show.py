"""`harness show RUN`: one run from all sides."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from harness.config.project import Project
from harness.display.plain_text import plain
from harness.errors import DataError
from harness.own.records_here import RecordsHere
from harness.reports.close_up.blocks import blocks
from harness.reports.close_up.evidence import Evidence, evidence
from harness.reports.contract.leaderboard_file import read_board_file
from harness.reports.contract.rows import Row


def main(argv: Sequence[str]) -> int:
    """Print the facts about the run, or its records as JSON."""
    parser = argparse.ArgumentParser(
        prog="harness show",
        description="Show one run from all sides: recipe, data, curve, scores, place on the board, cost, provenance, "
        "and how to repeat it.",
        epilog="example: harness show peft/lora-hs_products-0",
    )
    parser.add_argument("run", metavar="RUN", help="such as peft/lora-hs_products-0")
    parser.add_argument("--json", action="store_true", help="print its records as JSON, with the whole curve")
    options = parser.parse_args(argv)
    project = RecordsHere(Project.here().root)
    found = evidence(project, options.run)
    if options.json:
        print(json.dumps(_content(found), indent=2, ensure_ascii=False))
        return 0
    print(plain(f"{found.run.run_id}: {found.run.title}"))
    for block in blocks(project, found, _row(project, found)):
        print(f"\n{plain(block.title)}")
        width = max(len(name) for name, _ in block.lines)
        for name, text in block.lines:
            print(plain(f"  {name:<{width}}  {text}"))
    return 0


def _content(found: Evidence) -> dict[str, object]:
    return {
        "run": found.run.model_dump(mode="json"),
        "curve": found.curve,
        "scores": [score.model_dump(mode="json") for score in found.scores],
    }


def _row(project: Project, found: Evidence) -> Row | None:
    """The row of the last written board that holds the run; null where there is none."""
    try:
        board = read_board_file(project.root / "reports")
    except DataError:  # a run can be shown before the first board is written
        return None
    run = found.run
    domain = run.domains[-1]
    mine = [row for row in board.rows if row.recipe_id == f"{run.family}/{run.recipe}" and run.seed in row.seeds]
    return next((row for row in mine if row.domain == domain and (row.domains or [domain]) == run.domains), None)
