"""Seconds into money, by the price table in params.yaml."""

from __future__ import annotations

from typing import Literal

from harness.config.params import Prices
from harness.errors import ConfigError


def hourly_price(kind: Literal["cuda", "cpu"], name: str, *, threads: int, prices: Prices) -> float:
    """Price of one hour of the device called `name`: the GPU, or the CPU threads that compute.

    Raises:
        ConfigError: the GPU is not in the price table.
    """
    if kind == "cpu":
        return prices.cpu_core_hour * threads
    matches = [key for key in prices.gpu_hour if key.casefold() in name.casefold()]
    if not matches:
        raise ConfigError(
            f'no price for the GPU "{name}"',
            where="params.yaml: prices.gpu_hour",
            expected="a key that is part of that name",
            hint=f"add a line; known: {', '.join(prices.gpu_hour) or 'none'}",
        )
    return prices.gpu_hour[max(matches, key=len)]
