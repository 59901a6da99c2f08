"""`harness compare A B` in the terminal: a table of the suites, then the items that flipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harness.display.metrics import interval_text, metric_text
from harness.display.numbers import UNKNOWN, level, p_text, percent
from harness.display.plain_text import plain, shortened
from harness.reports.compare.comparison import Comparison
from harness.reports.compare.flips import Flip, Flips
from harness.reports.compare.suite_difference import SuiteDifference

if TYPE_CHECKING:
    from rich.console import Console


def show(comparison: Comparison, console: Console) -> None:
    """Print a table of the suites, then the items behind each difference."""
    from rich.text import Text

    title = plain(f"{comparison.domain}: A = {comparison.first}, B = {comparison.second}")
    compared = [suite for suite in comparison.suites if suite.reason is None]
    console.print(_table(compared, title) if compared else Text(title, style="bold"))
    for line in _lines(comparison):
        console.print(Text(line), soft_wrap=True)
    console.print()


def _table(suites: Sequence[SuiteDifference], title: str) -> object:
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    in_nats = any(suite.unit != "share" for suite in suites)
    first, second, difference = ("A", "B", "A - B") if in_nats else ("A, %", "B, %", "A - B, points")
    for name in ("suite", first, second, difference, "p", "p, adjusted", "A is", "detectable", "n"):
        table.add_column(name, justify="left" if name in ("suite", "A is") else "right", overflow="fold")
    for suite in suites:
        table.add_row(*map(plain, _cells(suite)))
    return table


def _cells(suite: SuiteDifference) -> list[str]:
    return [
        f"{suite.suite} ({suite.metric})",
        metric_text(suite.first, suite.unit, signed=suite.signed),
        metric_text(suite.second, suite.unit, signed=suite.signed),
        interval_text(suite.difference, suite.low, suite.high, unit=suite.unit, signed=True),
        p_text(suite.p_value),
        p_text(suite.p_adjusted),
        suite.verdict or UNKNOWN,
        metric_text(suite.detectable, suite.unit, signed=False),
        UNKNOWN if suite.n is None else str(suite.n),
    ]


def _lines(comparison: Comparison) -> Iterator[str]:
    yield from map(plain, comparison.notes)
    compared = [suite for suite in comparison.suites if suite.reason is None]
    if compared:
        yield from _explanation(comparison)
    yield from _not_compared(comparison.suites)
    for suite in compared:
        yield from ("", suite.suite)
        if suite.flips:
            yield from _behind(suite, suite.flips)


def _explanation(comparison: Comparison) -> Iterator[str]:
    seeds = f"A has {_seeds(comparison.first_seeds)}, B {_seeds(comparison.second_seeds)}"
    yield (
        f"{level(comparison.confidence)} intervals, paired by item, resampled by cluster and seed; {seeds}. Verdicts "
        f"are adjusted for the number of suites (Holm). Equivalent: within {percent(comparison.margin)} points. "
        "Detectable: the true difference that is found with 80 % probability."
    )
    yield "An item counts for a side if its part of the suite's metric, as the mean over seeds, is above one half."


def _not_compared(suites: Sequence[SuiteDifference]) -> Iterator[str]:
    """One line for each reason, with all suites that it concerns."""
    by_reason: dict[str, list[str]] = {}
    for suite in suites:
        if suite.reason is not None:
            by_reason.setdefault(suite.reason, []).append(suite.suite)
    for reason, names in by_reason.items():
        yield plain(f"not compared: {', '.join(names)} ({reason})")


def _seeds(seeds: Sequence[int]) -> str:
    return f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}"


def _behind(suite: SuiteDifference, found: Flips) -> Iterator[str]:
    table = suite.mcnemar
    if table:
        yield (
            f"  both count {table.both_right}, only A {table.only_first}, only B {table.only_second}, neither "
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
        yield f"  only {side} counts: {count}" + (f", the first {len(flips)}" if len(flips) < count else "")
        for flip in flips:
            yield from _flip(flip)


def _flip(flip: Flip) -> Iterator[str]:
    yield f"    {plain(flip.item)} [{plain(flip.cluster)}] {shortened(flip.text or '')}".rstrip()
    first = _answer("A", flip.first, flip.first_is_right, flip.first_answer)
    second = _answer("B", flip.second, flip.second_is_right, flip.second_answer)
    yield f"      gold {shortened(flip.gold)} | {first} | {second}"


def _answer(side: str, counts: float, right: float | None, answer: str) -> str:
    """`B 0 no`; `A 1 (wrong) answered: shoes` where the answer counts although it is wrong, or the other way round."""
    mark = ""
    if right is not None and round(right, 6) != counts:
        mark = " (right)" if right > 0.5 else " (wrong)"
    return f"{side} {counts:.2g}{mark} {shortened(answer)}"
