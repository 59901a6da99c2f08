"""`harness samples RUN --suite S`: read the answers of a run, item by item."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.config.project import Project
from harness.display.console import table_console
from harness.display.plain_text import plain, shortened
from harness.errors import DataError
from harness.reports.answers import answered
from harness.reports.compare import whole_number
from harness.reports.item_texts import item_texts
from harness.reports.runs import read_groups
from harness.reports.sides import Side, in_domain, sides_of
from harness.store.parquet_views import open_store


@dataclass(frozen=True)
class Browsed:
    """Some items of a suite."""

    items: list[dict[str, Any]]
    """item, cluster, text (null: not prepared here), gold, answer, correct."""
    total: int
    """How many there are, those that `limit` left out included."""
    notes: list[str]


def main(argv: Sequence[str]) -> int:
    """Print the items, or their JSON."""
    parser = argparse.ArgumentParser(prog="harness samples", description="Read the answers of a run, item by item.")
    parser.add_argument("run", metavar="RUN", help="run (peft/lora-hs_products-0) or recipe (seeds pooled)")
    parser.add_argument("--suite", metavar="S", required=True, help="the suite whose items to show")
    parser.add_argument("--domain", metavar="D", help="where a recipe has several")
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


def browse(
    project: Project, name: str, *, suite: str, limit: int, domain: str | None = None, wrong: bool = False
) -> Browsed:
    """The first `limit` items by id; with `wrong` those with a score below one half.

    Raises:
        DataError: no store, an unknown run, domain or suite, a run that failed, or a suite it could not be asked.
    """
    connection = open_store(project.root)
    try:
        side = _one(in_domain(sides_of(read_groups(connection, project.params.suites), name), domain), name)
        records = side.records(suite)
        runs = [record["run_id"] for record in records]
        items = answered(connection, runs=runs, suite=suite, domain=side.domain)
    finally:
        connection.close()
    if not items:
        raise DataError(f'{name} has no answers to the suite "{suite}": {records[0]["reason"] or "none were recorded"}')
    texts = item_texts(project, suite, domain=side.domain)
    chosen = [one for one in items if one.wrong or not wrong]
    rows = [
        {
            "item": one.item,
            "cluster": one.cluster,
            "text": texts.by_item.get(one.item),
            "gold": one.gold,
            "answer": one.answer,
            "correct": round(one.correct, 6),
        }
        for one in chosen[:limit]
    ]
    pooled = [f"mean of {len(runs)} seeds; the most frequent answer is shown"] if len(runs) > 1 else []
    return Browsed(items=rows, total=len(chosen), notes=pooled + ([texts.reason] if texts.reason else []))


def _one(sides: Sequence[Side], name: str) -> Side:
    if len(sides) > 1:
        domains = sorted({side.domain for side in sides})
        hint = f"--domain {domains[0]}" if len(domains) > 1 else "name one run, such as peft/lora-hs_products-0"
        raise DataError(f"{name} stands for several: {', '.join(domains)}, or seeds of several protocols", hint=hint)
    return sides[0]


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
