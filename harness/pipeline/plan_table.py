"""The plan as a table in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.pipeline.history import History
from harness.pipeline.plan import Step, Totals, totals
from harness.runtime.progress import duration

if TYPE_CHECKING:
    from rich.table import Table

COLOURS = {"runs": "yellow", "may run": "cyan", "restores": "green", "pulls": "green"}


def show(steps: Sequence[Step], history: History, *, stages: int, currency: str, gpus: bool) -> None:
    """Print the table and the totals, or that nothing is to be done; `gpus`: the active profile uses GPUs."""
    from rich.console import Console

    if not steps:
        print(f"nothing to do: all {stages} stages are up to date")
        for note in history.notes:
            print(f"note: {note}")
        return
    # a log has no width, and names must not be cut there
    console = Console() if sys.stdout.isatty() else Console(width=200)
    console.print(table(steps, currency, gpus=gpus))
    for line in summary(steps, history, stages=stages, currency=currency):
        print(line)


def table(steps: Sequence[Step], currency: str, *, gpus: bool) -> Table:
    """One row per stage, in the order of `dvc repro`."""
    from rich.markup import escape
    from rich.table import Table

    grid = Table(box=None, header_style="bold", pad_edge=False)
    grid.add_column("#", justify="right", style="dim")
    grid.add_column("stage", overflow="fold")
    grid.add_column("", no_wrap=True)
    for name in ("time", "peak memory", currency):
        grid.add_column(name, justify="right", no_wrap=True)
    grid.add_column("why", overflow="fold", style="dim")
    for number, step in enumerate(steps, start=1):
        colour = COLOURS[step.state]
        state = f"[{colour}]{step.state}[/{colour}]"
        grid.add_row(str(number), escape(step.stage), state, *cells(step, gpus=gpus), escape(step.reason))
    return grid


def cells(step: Step, *, gpus: bool) -> tuple[str, str, str]:
    """Time, memory and money. Without a measurement, memory is the hint of dvc.yaml in brackets.

    Without `gpus` the hint does not mention GPUs, because the profile uses none.
    """
    if step.state in ("restores", "pulls"):
        return "", "", ""
    estimate = step.estimate
    memory = (
        f"{estimate.memory_mb / 1000:.1f} GB" if estimate and estimate.memory_mb is not None else _hint(step, gpus=gpus)
    )
    time = duration(estimate.seconds) if estimate and estimate.seconds is not None else "?"
    money = _money(estimate.money) if estimate and estimate.money is not None else "?"
    return time, memory, money


def summary(steps: Sequence[Step], history: History, *, stages: int, currency: str) -> list[str]:
    """The lines below the table."""
    certain, most = totals(steps, "runs"), totals(steps, "runs", "may run")
    lines = [_total_line(certain, currency)] if certain.to_run else []
    if most.to_run > certain.to_run:
        lines.append(f"with all that may run: {_total_line(most, currency)}")
    if most.peak_memory_mb is not None:
        lines.append(f"the largest stage needs about {most.peak_memory_mb / 1000:.1f} GB of memory")
    if any(step.state == "may run" for step in steps):
        lines.append("may run: a stage before it runs; DVC skips it if its inputs stay the same")
    if any(step.state == "restores" for step in steps):
        lines.append("restores: `dvc checkout` copies the missing outputs from DVC's cache")
    if any(step.state == "pulls" for step in steps):
        lines.append("pulls: `dvc pull` fetches the missing outputs from the team's remote")
    if any("(" in cells(step, gpus=False)[1] for step in steps):
        lines.append("memory in brackets: not measured, from the hint in dvc.yaml")
    if stages > len(steps):
        lines.append(f"up to date: {stages - len(steps)} of {stages} stages")
    return lines + [f"note: {note}" for note in history.notes]


def _total_line(total: Totals, currency: str) -> str:
    without = total.to_run - total.with_history
    if not total.with_history:
        return f"no estimate: none of the {_stages(total.to_run)} has a history"
    line = f"about {duration(total.seconds)} and {_money(total.money)} {currency} for {total.with_history}"
    if not without:
        return f"{line} {'stage' if total.with_history == 1 else 'stages'}"
    return f"{line} of {_stages(total.to_run)}; {without} {'has' if without == 1 else 'have'} no history"


def _stages(count: int) -> str:
    return f"{count} stage" if count == 1 else f"{count} stages"


def _money(amount: float) -> str:
    return f"{amount:.4f}"  # a stage of a small matrix costs a fraction of a cent


def _hint(step: Step, *, gpus: bool) -> str:
    memory, count = step.resources.get("memory_gb"), step.resources.get("gpus") if gpus else None
    parts = [f"{memory:g} GB"] if memory is not None else []
    parts += [f"{count} GPU"] if count else []
    return f"({', '.join(parts)})" if parts else "?"
