"""The result of `harness verify` in the terminal: a table of suites per run, then costs and what may explain them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harness.display.metrics import metric_heading, metric_text
from harness.display.numbers import UNKNOWN, duration, megabytes, points
from harness.display.plain_text import plain
from harness.scoring.metric_registry import metric_spec
from harness.verify.agreement import Agreement, StageCosts, SuiteAgreement

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def show(found: Agreement, console: Console) -> None:
    """One run."""
    from rich.text import Text

    console.print(Text(f"{plain(found.run_id)}: {plain(found.in_words)}", style="bold"), soft_wrap=True)
    compared = [suite for suite in found.suites if suite.agreed != "not compared"]
    if compared:
        console.print(_table(compared))
    for line in lines(found):
        console.print(Text(plain(line)), soft_wrap=True)
    console.print()


def lines(found: Agreement) -> Iterator[str]:
    """The sentences below the table."""
    for suite in found.suites:
        if suite.agreed == "not compared":
            yield f"{suite.suite}: {suite.in_words}"
    for stage, costs in (("training", found.training), ("scoring", found.scoring)):
        yield from _cost_lines(stage, costs)
    yield from found.notes


def summary(found: Sequence[Agreement]) -> str:
    """`5 runs repeated: 3 equal to the last byte, 2 agree within chance, 0 differ`."""
    equal = sum(one.samples_equal for one in found)
    differ = sum(not one.agrees for one in found)
    runs = "1 run" if len(found) == 1 else f"{len(found)} runs"
    return (
        f"{runs} repeated: {equal} equal to the last byte, {len(found) - equal - differ} agree within chance, "
        f"{differ} differ"
    )


def _table(suites: Sequence[SuiteAgreement]) -> Table:
    from rich.table import Table

    table = Table(header_style="bold")
    for name in ("suite", "domain", "items", "differ", "published", "here", "here - published", "verdict"):
        right = name in ("items", "differ", "published", "here", "here - published")
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for suite in suites:
        table.add_row(*map(plain, _cells(suite)))
    return table


def _cells(suite: SuiteAgreement) -> list[str]:
    spec = metric_spec(suite.metric)
    return [
        f"{suite.suite} ({metric_heading(suite.metric, spec.unit)})",
        suite.domain,
        str(suite.items),
        str(suite.differing),
        metric_text(suite.published, spec.unit, signed=spec.signed),
        metric_text(suite.here, spec.unit, signed=spec.signed),
        points(suite.difference, suite.low, suite.high) if suite.difference is not None else UNKNOWN,
        suite.in_words,
    ]


def _cost_lines(stage: str, costs: StageCosts) -> Iterator[str]:
    seconds, memory = costs.seconds, costs.memory_mb
    if seconds.ratio is not None:
        yield (
            f"{stage}: {duration(seconds.here)} here, {duration(seconds.published)} published (x {seconds.ratio:.2f}); "
            f"{_cpu_time(costs)}memory {megabytes(memory.here)} here, {megabytes(memory.published)} published"
            + (f" (x {memory.ratio:.2f})" if memory.ratio is not None else "")
        )
    if costs.here_on != costs.published_on:
        yield f"{stage}: measured on {costs.here_on} here, published on {costs.published_on}"
    elif costs.here_on:
        yield f"{stage}: both measured on {costs.here_on}"
    for where, busy in (("here", costs.here_busy), ("for the published record", costs.published_busy)):
        if busy:
            yield f"warning: other work kept the machine busy during {stage} {where}: its seconds say little"


def _cpu_time(costs: StageCosts) -> str:
    """`CPU time 3.7 s here, 3.6 s published (x 1.03); `; empty where a record does not hold it."""
    cpu = costs.cpu_seconds
    if cpu.ratio is None:
        return ""
    return f"CPU time {duration(cpu.here)} here, {duration(cpu.published)} published (x {cpu.ratio:.2f}); "
