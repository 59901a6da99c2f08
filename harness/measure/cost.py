"""What an hour of computing costs, by the price table in params.yaml."""

from __future__ import annotations

from typing import Literal

from harness.config.params import Prices
from harness.errors import ConfigError


def hourly_price(kind: Literal["cuda", "cpu"], name: str, *, threads: int, prices: Prices) -> float:
    """Price of one hour on the device `name`, in the currency of `prices`: of the GPU, or of the CPU threads in use.

    If several keys of `prices.gpu_hour` are part of the GPU's name, the longest counts.

    Raises:
        ConfigError: no key of the price table is part of the GPU's name.
    """
    if kind == "cpu":
        return prices.cpu_core_hour * threads
    matches = [key for key in prices.gpu_hour if key.casefold() in name.casefold()]
    if not matches:
        raise ConfigError(
            f'no price for the GPU "{name}"',
            where="params.yaml: prices.gpu_hour",
            expected="a key that is part of that name",
            hint=f"add a line for this GPU; known: {', '.join(prices.gpu_hour) or 'none'}",
        )
    return prices.gpu_hour[max(matches, key=len)]
