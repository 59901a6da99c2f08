"""Hard limits: which arms are out before anything is ranked, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from harness.advice.evidence.arm import Arm
from harness.display.numbers import megabytes, money, percent
from harness.errors import ConfigError

_MEMORY = {"kb": 1e-3, "mb": 1.0, "gb": 1e3, "tb": 1e6}
_SECONDS = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_AMOUNT = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*([a-zA-Z%]*)\s*")


@dataclass(frozen=True)
class Limits:
    """What the user can afford; null: no limit."""

    memory_mb: float | None = None
    cost: float | None = None
    """In the currency of the price table, for training and scoring at the board's budget."""
    latency_ms: float | None = None
    """To the first token."""
    retention: float | None = None
    """Least share of the base model's ability that must be left."""
    over_refusal: float | None = None
    """Largest share of harmless requests that may be refused."""

    @property
    def given(self) -> dict[str, float]:
        """The limits that are set, by name."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def without(self, name: str) -> Limits:
        """The same limits but one."""
        return replace(self, **{name: None})


def refusals(arm: Arm, limits: Limits) -> tuple[str, ...]:
    """Why the arm is out, a reason per limit that it breaks. A figure that is not known breaks its limit."""
    found = [
        _above(arm.comparable_memory, limits.memory_mb, "memory", megabytes, arm.memory_unlike),
        _above(arm.cost, limits.cost, "cost", money, arm.costs_unlike),
        _above(arm.comparable_latency, limits.latency_ms, "latency", _milliseconds, arm.costs_unlike),
        _below(arm.retention, limits.retention, "retention"),
        _above(arm.over_refusal, limits.over_refusal, "over-refusal", _share, None),
    ]
    return tuple(reason for reason in found if reason)


def parse_memory(text: str) -> float:
    """`24GB` -> 24000.0 (MB, 10^6 bytes).

    Raises:
        ConfigError: not a number with a unit of memory.
    """
    return _with_unit(text, _MEMORY, option="--max-memory", example="24GB")


def parse_milliseconds(text: str) -> float:
    """`50ms` -> 50.0, `0.2s` -> 200.0.

    Raises:
        ConfigError: not a number with a unit of time.
    """
    return 1e3 * _with_unit(text, _SECONDS, option="--max-latency", example="50ms")


def parse_seconds(text: str) -> float:
    """`60min` -> 3600.0.

    Raises:
        ConfigError: not a number with a unit of time.
    """
    return _with_unit(text, _SECONDS, option="--budget", example="60min")


def parse_share(text: str, *, option: str) -> float:
    """`5%` and `0.05` -> 0.05.

    Raises:
        ConfigError: not a share from 0 to 1.
    """
    match = _AMOUNT.fullmatch(text)
    value = float(match[1]) / (100 if match[2] == "%" else 1) if match and match[2] in ("", "%") else -1.0
    if not 0 <= value <= 1:
        raise ConfigError(f'"{text}" is no share', where=option, expected="a share such as 0.9 or 90%")
    return value


def _with_unit(text: str, units: dict[str, float], *, option: str, example: str) -> float:
    match = _AMOUNT.fullmatch(text)
    if not match or match[2].lower() not in units or float(match[1]) <= 0:
        expected = f"a number above 0 with a unit ({', '.join(units)}), such as {example}"
        raise ConfigError(f'"{text}" cannot be read', where=option, expected=expected)
    return float(match[1]) * units[match[2].lower()]


def _above(value: float | None, limit: float | None, name: str, text: object, unlike: str | None) -> str | None:
    if limit is None or (value is not None and value <= limit):
        return None
    assert callable(text)
    if value is None:
        return f"{name} is not known: {unlike or 'not measured'}"
    return f"{name} {text(value)}, allowed {text(limit)}"


def _below(value: float | None, limit: float | None, name: str) -> str | None:
    if limit is None or (value is not None and value >= limit):
        return None
    return f"{name} is not known: not measured" if value is None else f"{name} {_share(value)}, needed {_share(limit)}"


def _share(value: float) -> str:
    return f"{percent(value)} %"


def _milliseconds(value: float) -> str:
    return f"{value:.0f} ms"
