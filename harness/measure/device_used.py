"""Which device a phase really computed on: many methods need no GPU although the machine has one."""

from __future__ import annotations

from dataclasses import replace

from harness.measure.device import Device, cpu_name


def device_used(device: Device, *, gpu_used: bool) -> Device:
    """`device`, or the CPU of this machine if the phase put nothing on the GPU that was chosen for it."""
    if device.kind == "cpu" or gpu_used:
        return device
    return replace(device, kind="cpu", name=cpu_name(), dtype="float32", mixed=False)
