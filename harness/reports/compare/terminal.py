"""`harness compare A B` in the terminal: a table of the suites, then the items that flipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harness.display.numbers import UNKNOWN, level, p_text, percent, points
from harness.display.plain_text import plain, shortened
from harness.reports.compare.comparison import Comparison
from harness.reports.compare.flips import Flip, Flips
from harness.reports.compare.suite_difference import SuiteDifference

if TYPE_CHECKING:
    from rich.console import Console


def show(comparison: Comparison, console: Console) -> None:
    """Print a table of the suites, then the items behind each difference."""
    from rich.text import Text

    console.print(_table(comparison))
    for line in _lines(comparison):
        console.print(Text(line), soft_wrap=True)
    console.print()


def _table(comparison: Comparison) -> object:
    from rich.table import Table

    first, second = plain(comparison.first), plain(comparison.second)
    title = plain(f"{comparison.domain}: A = {first}, B = {second}")
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for name in ("suite", "A, %", "B, %", "A - B, points", "p", "p (Holm)", "A is", "detectable", "n"):
        table.add_column(name, justify="left" if name in ("suite", "A is") else "right", overflow="fold")
    for suite in comparison.suites:
        table.add_row(*map(plain, _cells(suite)))
    return table


def _cells(suite: SuiteDifference) -> list[str]:
    return [
        f"{suite.suite} ({suite.metric})",
        percent(suite.first),
        percent(suite.second),
        points(suite.difference, suite.low, suite.high),
        p_text(suite.p_value),
        p_text(suite.p_adjusted),
        suite.verdict or UNKNOWN,
        points(suite.detectable).lstrip("+"),
        UNKNOWN if suite.n is None else str(suite.n),
    ]


def _lines(comparison: Comparison) -> Iterator[str]:
    yield from map(plain, comparison.notes)
    seeds = f"A has {_seeds(comparison.first_seeds)}, B {_seeds(comparison.second_seeds)}"
    yield (
        f"{level(comparison.confidence)} intervals, paired by item, resampled by cluster and seed; {seeds}. Verdicts "
        f"are Holm-corrected over these suites; equivalent: within {percent(comparison.margin)} points. Detectable: "
        "the true difference that is found with 80 % probability."
    )
    if max(len(comparison.first_seeds), len(comparison.second_seeds)) > 1:
        yield "With several seeds an item counts as right if the mean of its scores is above one half."
    for suite in comparison.suites:
        yield ""
        yield plain(f"{suite.suite}: {suite.reason}") if suite.reason else suite.suite
        if suite.flips:
            yield from _behind(suite, suite.flips)


def _seeds(seeds: Sequence[int]) -> str:
    return f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}"


def _behind(suite: SuiteDifference, found: Flips) -> Iterator[str]:
    table = suite.mcnemar
    if table:
        yield (
            f"  both right {table.both_right}, only A {table.only_first}, only B {table.only_second}, both wrong "
            f"{table.both_wrong}; McNemar's exact test, p {p_text(table.p_value)} (ignores clusters)"
        )
    if suite.texts:
        yield f"  {plain(suite.texts)}"
    if found.clusters:
        yield "  clusters with the largest net difference (items for A):"
    for one in found.clusters:
        yield (
            f"    {plain(one.cluster)}: {one.net:+.3g} of {one.items} items (only A {one.only_first}, "
            f"only B {one.only_second})"
        )
    for side, count, flips in (
        ("A", found.only_first, found.first_right),
        ("B", found.only_second, found.second_right),
    ):
        yield f"  only {side} right: {count}" + (f", the first {len(flips)}" if len(flips) < count else "")
        for flip in flips:
            yield from _flip(flip)


def _flip(flip: Flip) -> Iterator[str]:
    yield f"    {plain(flip.item)} [{plain(flip.cluster)}] {shortened(flip.text or '')}".rstrip()
    answers = f"A {flip.first:.2g} {shortened(flip.first_answer)} | B {flip.second:.2g} {shortened(flip.second_answer)}"
    yield f"      gold {shortened(flip.gold)} | {answers}"
