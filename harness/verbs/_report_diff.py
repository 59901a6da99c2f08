"""`harness report diff REV`: which rows changed since a commit, beyond chance."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence

from harness.config.project import Project
from harness.display.console import table_console
from harness.display.numbers import UNKNOWN, p_text, percent, points
from harness.display.plain_text import plain
from harness.reports.compare.since import Change, changes


def main(argv: Sequence[str]) -> int:
    """Print the rows that changed, or all rows as JSON."""
    parser = argparse.ArgumentParser(
        prog="harness report diff",
        description="Compare the board in reports/ with the one of a commit. Rows with another score are compared item "
        "by item where the samples of both are there, adjusted for the number of these rows.",
        epilog="example: harness report diff HEAD~1",
    )
    parser.add_argument("revision", metavar="REV", help="a commit, such as HEAD~1 or a tag")
    parser.add_argument("--json", action="store_true", help="every row, unchanged ones too")
    options = parser.parse_args(argv)
    found = changes(Project.here(), options.revision)
    if options.json:
        print(json.dumps([change.model_dump(mode="json") for change in found], indent=2, ensure_ascii=False))
        return 0
    changed = [change for change in found if change.state != "same" or change.may_be_best]
    if changed:
        table_console().print(_table(changed))
    counts = Counter(change.state for change in found)
    print(
        f"since {plain(options.revision)}: {', '.join(f'{count} {state}' for state, count in sorted(counts.items()))}"
    )
    return 0


def _table(found: Sequence[Change]) -> object:
    from rich.table import Table

    table = Table(header_style="bold")
    for name in ("domain", "row", "state", "then, %", "now, %", "change, points", "p, adjusted", "note"):
        table.add_column(
            name, justify="right" if name.startswith(("then", "now", "change", "p,")) else "left", overflow="fold"
        )
    for one in found:
        may_be_best = f"{one.may_be_best} among those that may be best" if one.may_be_best else ""
        cells = [
            one.domain,
            one.row,
            one.state,
            percent(one.then),
            percent(one.now),
            UNKNOWN if one.difference is None else points(one.difference, one.low, one.high),
            p_text(one.p_adjusted),
            "; ".join(filter(None, (may_be_best, one.reason))),
        ]
        table.add_row(*map(plain, cells))
    return table
