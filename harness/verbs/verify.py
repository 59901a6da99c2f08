"""`harness verify [RUN ...]`: repeat published runs here, and say item by item how well they agree.

harness verify baseline/tfidf-hs_products-0 peft/lora-hs_products-0
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from harness.config.project import Project
from harness.display.console import table_console
from harness.verify.terminal import show, summary
from harness.verify.verify import verify


def main(argv: Sequence[str]) -> int:
    """Print one table per run, or their JSON; 1 if a run differs beyond chance."""
    parser = argparse.ArgumentParser(
        prog="harness verify",
        description="Train and score published runs again in a temporary folder, and compare them with the records "
        "in the last commit, item by item. Exit code 1: a run differs beyond chance.",
        epilog="example: harness verify baseline/tfidf-hs_products-0",
    )
    parser.add_argument(
        "runs", metavar="RUN", nargs="*", help="such as peft/lora-hs_products-0 (default: all published active runs)"
    )
    parser.add_argument("--json", action="store_true", help="all figures")
    options = parser.parse_args(argv)
    console, found = table_console(), []
    for agreement in verify(Project.here(), options.runs):
        found.append(agreement)
        if not options.json:
            show(agreement, console)
    if options.json:
        content = [{**one.model_dump(mode="json"), "agrees": one.agrees, "summary": one.in_words} for one in found]
        print(json.dumps(content, indent=2, ensure_ascii=False))
    else:
        print(summary(found))
    return 0 if all(one.agrees for one in found) else 1
