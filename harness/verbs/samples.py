"""`harness samples RUN --suite S`: read the answers of a run, item by item."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from harness.config.project import Project
from harness.display.console import table_console
from harness.display.plain_text import plain, shortened
from harness.reports.compare.browse import Browsed, browse
from harness.verbs._whole_number import whole_number


def main(argv: Sequence[str]) -> int:
    """Print the items, or their JSON."""
    parser = argparse.ArgumentParser(prog="harness samples", description="Read the answers of a run, item by item.")
    parser.add_argument("run", metavar="RUN", help="run (peft/lora-hs_products-0) or recipe (seeds pooled)")
    parser.add_argument("--suite", metavar="S", required=True, help="the suite whose items to show")
    parser.add_argument("--domain", metavar="D", help="the domain asked about, where there are several")
    parser.add_argument("--wrong", action="store_true", help="only items answered wrongly")
    parser.add_argument("--limit", metavar="N", type=whole_number, default=20, help="at most N items (default: 20)")
    parser.add_argument("--json", action="store_true", help="a list of objects, texts uncut")
    options = parser.parse_args(argv)
    found = browse(
        Project.here(),
        options.run,
        suite=options.suite,
        domain=options.domain,
        wrong=options.wrong,
        limit=options.limit,
    )
    if options.json:
        print(json.dumps(found.items, indent=2, ensure_ascii=False))
        return 0
    _show(found, wrong=options.wrong)
    return 0


def _show(found: Browsed, *, wrong: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    console = table_console()
    table = Table(header_style="bold")
    for name in ("item", "text", "gold", "answer", "correct"):
        table.add_column(name, justify="right" if name == "correct" else "left", overflow="fold")
    for one in found.items:
        style = "green" if one["correct"] > 0.5 else "red" if one["correct"] < 0.5 else "yellow"
        shown = [plain(one["item"]), *(shortened(one[key] or "") for key in ("text", "gold", "answer"))]
        table.add_row(*map(Text, shown), Text(f"{one['correct']:.3g}", style=style))
    console.print(table)
    which = "wrong items" if wrong else "items"
    for note in [f"{len(found.items)} of {found.total} {which}", *found.notes]:
        console.print(Text(plain(note), style="dim"))
