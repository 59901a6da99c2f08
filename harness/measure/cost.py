"""What an hour of computing costs, by the price table in params.yaml."""

from __future__ import annotations

import re
from typing import Literal

from harness.config.params import Prices
from harness.errors import ConfigError


def hourly_price(kind: Literal["cuda", "cpu"], name: str, *, threads: int, prices: Prices) -> float:
    """Price of one hour on the device `name`, in the currency of `prices`: of one GPU, or of the CPU threads in use.

    A key of the price table fits a GPU if its words appear in the GPU's name: `L4` fits "NVIDIA L4", not
    "NVIDIA L40S". Of several keys that fit, the longest counts.

    Raises:
        ConfigError: no key of the price table fits the GPU.
    """
    if kind == "cpu":
        return prices.cpu_core_hour * threads
    matches = [key for key in prices.gpu_hour if _fits(key, name)]
    if not matches:
        raise ConfigError(
            f'no price for the GPU "{name}"',
            where="params.yaml: prices.gpu_hour",
            expected="a key that consists of whole words of this name",
            hint=f"add a line for this GPU; known: {', '.join(prices.gpu_hour) or 'none'}",
        )
    return prices.gpu_hour[max(matches, key=len)]


def _fits(key: str, name: str) -> bool:
    """Whether `name` contains `key` as whole words. Anything but a letter or a digit ends a word."""
    return re.search(rf"(?<![^\W_]){re.escape(key)}(?![^\W_])", name, re.IGNORECASE) is not None
