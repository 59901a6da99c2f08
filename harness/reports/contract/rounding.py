"""The digits that are stored: further digits of a sum of floats depend on the number of threads."""

from __future__ import annotations

from typing import Any

from harness.evidence.resampling import Estimate

DIGITS = 6
"""Decimal places of shares and differences."""


def rounded(value: float | None) -> float | None:
    """A share or a difference; never "-0.0"."""
    return None if value is None else round(value, DIGITS) + 0.0


def rounded_p(p: float | None) -> float | None:
    """A p-value or a probability with four significant digits."""
    return None if p is None else float(f"{p:.4g}")


def rounded_bounds(estimate: Estimate | None) -> dict[str, Any]:
    """`value`, `low` and `high` of an estimate; all null without one."""
    if estimate is None:
        return {"value": None, "low": None, "high": None}
    return {name: rounded(getattr(estimate, name)) for name in ("value", "low", "high")}
