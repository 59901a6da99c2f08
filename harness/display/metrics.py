"""How a metric's value is written: most are shares in per cent, some have a unit of their own."""

from __future__ import annotations

from harness.display.numbers import UNKNOWN, percent

PLAIN = {
    "auc": "",
    "brier": "",
    "spearman": "",
    "kl_to_base": "nats",
    "cross_entropy": "nats",
    "cross_entropy_change": "nats",
    "bias_ambiguous": "",
    "bias_disambiguated": "",
}
"""Metrics that are no shares -> unit."""

SIGNED = frozenset({"cross_entropy_change", "bias_ambiguous", "bias_disambiguated", "spearman"})


def metric_heading(name: str) -> str:
    """`token_f1, %`, `kl_to_base, nats`, `auc`."""
    unit = PLAIN.get(name, "%")
    return f"{name}, {unit}" if unit else name


def metric_text(name: str, value: float | None) -> str:
    """`71.2`, `0.64`, `+0.031`."""
    if value is None:
        return UNKNOWN
    if name not in PLAIN:
        return percent(value)
    digits = 3 if PLAIN[name] == "nats" else 2
    return f"{value:+.{digits}f}" if name in SIGNED else f"{value:.{digits}f}"
