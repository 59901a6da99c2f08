"""`harness samples RUN --suite S`: read the answers of a run, item by item."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from typing import Any

from harness.config.project import Project
from harness.display.console import table_console
from harness.display.plain_text import plain, shortened
from harness.reports.compare.browse import Browsed, browse
from harness.verbs._whole_number import whole_number


def main(argv: Sequence[str]) -> int:
    """Print the items, or their JSON."""
    options = _parser().parse_args(argv)
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
    _show(found, wrong=options.wrong, prompt=options.prompt)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness samples",
        description="Read the answers of a run, item by item: question, right answer, answer given.",
    )
    parser.add_argument(
        "run", metavar="RUN", help="a run (peft/lora-hs_products-0), or a recipe: then its seeds are pooled"
    )
    parser.add_argument(
        "--suite", metavar="S", help="the suite whose items to show; without it, an error message lists the suites"
    )
    parser.add_argument(
        "--domain", metavar="D", help="only answers about this domain; needed where the run was asked about several"
    )
    parser.add_argument("--wrong", action="store_true", help="only wrong answers (graded answers: below one half)")
    parser.add_argument("--limit", metavar="N", type=whole_number, default=20, help="at most N items (default: 20)")
    style = parser.add_mutually_exclusive_group()
    style.add_argument(
        "--prompt",
        action="store_true",
        help="show the whole prompt of each item, without the chat template and solved examples that a recipe may add",
    )
    style.add_argument("--json", action="store_true", help="print the items as JSON, texts uncut")
    return parser


def _show(found: Browsed, *, wrong: bool, prompt: bool) -> None:
    from rich.text import Text

    console = table_console()
    if prompt:
        for line in _with_prompts(found.items):
            console.print(Text(line), soft_wrap=True)
    else:
        console.print(_table(found.items))
    which = "wrong items" if wrong else "items"
    legend = f"counts: the item's part of {found.metric}; right: whether the answer is right, - if this cannot be told"
    for note in [f"{len(found.items)} of {found.total} {which}", legend, *found.notes]:
        console.print(Text(plain(note), style="dim"))


def _table(items: Sequence[dict[str, Any]]) -> object:
    from rich.table import Table
    from rich.text import Text

    table = Table(header_style="bold")
    for name in ("item", "text", "gold", "answer", "counts", "right"):
        table.add_column(name, justify="right" if name in ("counts", "right") else "left", overflow="fold")
    for one in items:
        shown = [plain(one["item"]), *(shortened(one[key] or "") for key in ("text", "gold", "answer"))]
        table.add_row(*map(Text, shown), f"{one['correct']:.3g}", Text(_right(one), style=_style(one["right"])))
    return table


def _with_prompts(items: Sequence[dict[str, Any]]) -> Iterator[str]:
    for one in items:
        yield f"{plain(one['item'])} [{plain(one['cluster'])}]: counts {one['correct']:.3g}, right {_right(one)}"
        for line in (one["prompt"] or "").splitlines():
            yield f"  | {plain(line)}"
        yield from (f"  gold   {plain(one['gold'])}", f"  answer {plain(one['answer'])}", "")


def _right(one: dict[str, Any]) -> str:
    """`yes`, `no`, the share of seeds that are right, or `-`."""
    right = one["right"]
    return "-" if right is None else {0.0: "no", 1.0: "yes"}.get(right) or f"{right:.3g}"


def _style(right: float | None) -> str:
    if right is None:
        return "dim"
    return "green" if right > 0.5 else "red" if right < 0.5 else "yellow"
