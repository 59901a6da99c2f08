"""`harness compare A B`: two recipes or runs, suite by suite, with the items that flipped."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from harness.config.project import Project
from harness.display.console import table_console
from harness.reports.compare.comparison import Wanted, comparisons
from harness.reports.compare.terminal import show
from harness.verbs._whole_number import whole_number


def main(argv: Sequence[str]) -> int:
    """Print the comparison, or its JSON: a list with one entry per domain."""
    parser = argparse.ArgumentParser(
        prog="harness compare",
        description="Compare two recipes or runs: on each suite the difference A - B, paired by item, and the items "
        "that only one of them got right.",
    )
    parser.add_argument("first", metavar="A", help="recipe (peft/lora) or run (peft/lora-hs_products-0)")
    parser.add_argument("second", metavar="B", help="recipe or run, such as baseline/zero_shot")
    parser.add_argument("--domain", metavar="D", help="only this domain (default: all that both have)")
    parser.add_argument("--suite", metavar="S", help="only this suite (default: all that either has)")
    parser.add_argument(
        "--limit", metavar="N", type=whole_number, default=5, help="at most N items in each list (default: 5)"
    )
    parser.add_argument("--json", action="store_true", help="print all figures as JSON, texts uncut")
    options = parser.parse_args(argv)
    project = Project.here()
    found = comparisons(
        project,
        (options.first, options.second),
        domain=options.domain,
        wanted=Wanted(suite=options.suite, limit=options.limit),
    )
    if options.json:
        print(json.dumps([one.model_dump(mode="json") for one in found], indent=2, ensure_ascii=False))
        return 0
    console = table_console()
    for one in found:
        show(one, console)
    return 0
