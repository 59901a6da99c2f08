from __future__ import annotations

from harness.measure.device import Device, cpu_name
from harness.measure.device_used import device_used

GPU = Device("cuda", "NVIDIA L4", threads=4, dtype="bfloat16")


def test_a_method_that_puts_nothing_on_the_gpu_computed_on_the_cpu() -> None:
    used = device_used(GPU, gpu_used=False)
    assert (used.kind, used.name, used.threads, used.gpus) == ("cpu", cpu_name(), 4, 0)
    assert used.training_precision == "float32"


def test_a_method_that_used_the_gpu_keeps_it() -> None:
    assert device_used(GPU, gpu_used=True) is GPU


def test_on_a_machine_without_a_gpu_nothing_changes() -> None:
    cpu = Device("cpu", "a CPU", threads=2, dtype="float32", mixed=True)
    assert device_used(cpu, gpu_used=False) is cpu
