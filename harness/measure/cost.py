"""Seconds into money, by the price table in params.yaml."""

from __future__ import annotations

from harness.config.params import Prices
from harness.errors import ConfigError
from harness.measure.device import Device
from harness.store.records import Cost


def hourly_price(device: Device, prices: Prices) -> float:
    """Price of one hour of the device: the GPU, or the CPU threads that compute.

    Raises:
        ConfigError: the GPU is not in the price table.
    """
    if device.kind == "cpu":
        return prices.cpu_core_hour * device.threads
    matches = [name for name in prices.gpu_hour if name.casefold() in device.name.casefold()]
    if not matches:
        raise ConfigError(
            f'no price for the GPU "{device.name}"',
            where="params.yaml: prices.gpu_hour",
            expected="a key that is part of that name",
            hint=f"add a line; known: {', '.join(prices.gpu_hour) or 'none'}",
        )
    return prices.gpu_hour[max(matches, key=len)]


def cost_of(seconds: float, device: Device, *, prices: Prices, energy_wh: float | None) -> Cost:
    """What `seconds` on the device cost."""
    usd = seconds / 3600 * hourly_price(device, prices)
    return Cost(seconds=round(seconds, 3), usd=round(usd, 8), energy_wh=energy_wh)
