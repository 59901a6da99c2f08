from __future__ import annotations

import pytest

from harness.errors import ConfigError
from harness.pipeline.history import Estimate
from harness.running.engines.placement import Machine, core_share, default_jobs, refuse_impossible, request
from harness.running.tasks.task import Needs, Task, needs_of

LAPTOP = Machine("laptop", cpus=8, gpus=0, memory_bytes=16e9)
SERVER = Machine("server", cpus=64, gpus=4, memory_bytes=512e9)


def task(name: str = "peft@lora-x-0", **needs: float) -> Task:
    return Task(name, ("true",), needs=Needs(**needs))  # type: ignore[arg-type]


def test_tasks_share_the_cores_of_the_machines() -> None:
    assert core_share([LAPTOP], 2) == 4
    assert core_share([LAPTOP], 100) == 1
    assert core_share([LAPTOP, SERVER], 2) == 8  # a task must fit into the smallest machine


def test_without_a_number_each_gpu_or_each_machine_gets_one_task() -> None:
    assert default_jobs([LAPTOP]) == 1
    assert default_jobs([LAPTOP, SERVER]) == 5


def test_a_task_reserves_what_its_stage_names_or_its_share() -> None:
    assert request(task(cpus=3, gpus=1, memory_gb=2.5), share=8) == request(
        task(cpus=3, gpus=1, memory_gb=2.5), share=1
    )
    assert request(task(), share=4).cpus == 4
    assert request(task(memory_gb=2.5), share=1).memory_bytes == 2_500_000_000


@pytest.mark.parametrize(
    ("needs", "said"),
    [({"gpus": 8}, "8 GPUs"), ({"memory_gb": 600}, "600.0 GB"), ({"cpus": 65}, "65 cores")],
)
def test_what_no_machine_has_is_refused_with_the_name_of_the_stage(needs: dict[str, float], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        refuse_impossible([task(memory_gb=1), task("sft@full-x-0", **needs)], [LAPTOP, SERVER], share=1)
    message = str(caught.value)
    assert f"sft@full-x-0 asks for {'' if 'cpus' in needs else '1 cores, '}{said}" in message
    assert "peft@lora" not in message
    assert "server: 64 cores, 4 GPUs, 512.0 GB" in message


def test_a_stage_may_not_need_the_gpu_of_one_machine_and_the_memory_of_another() -> None:
    wide = Machine("wide", cpus=8, gpus=0, memory_bytes=900e9)
    with pytest.raises(ConfigError, match="no machine has"):
        refuse_impossible([task(gpus=1, memory_gb=800)], [wide, SERVER], share=1)


def test_measured_memory_counts_more_than_the_hint() -> None:
    resources = {"gpus": 1, "memory_gb": 8}
    measured = Estimate(seconds=80.0, memory_mb=4700.0, money=None)
    assert needs_of(resources, measured, gpus=False) == Needs(gpus=0, memory_gb=4.7)
    assert needs_of(resources, None, gpus=True) == Needs(gpus=1, memory_gb=8.0)
    assert needs_of({"cpus": 2}, None, gpus=True) == Needs(cpus=2)
