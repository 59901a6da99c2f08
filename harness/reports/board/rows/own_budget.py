"""The budget of a row that does not have the board's, in words."""

from __future__ import annotations

from harness.reports.contract.rows import Row


def own_budget(row: Row, *, of: str = "examples") -> str:
    """`: 64 examples, 5 passes`; empty where the row does not say."""
    examples, passes = row.budget.get("train_examples"), row.budget.get("epochs", 1)
    if examples is None:
        return ""
    return f": {examples:g} {of}" + (f", {passes:g} passes" if passes != 1 else "")
