"""What each task asks of a machine, and whether any machine has it: known before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.errors import ConfigError
from harness.running.tasks.task import GB, Task


@dataclass(frozen=True)
class Machine:
    """What one machine has for tasks."""

    name: str
    cpus: int
    gpus: int
    memory_bytes: float


@dataclass(frozen=True)
class Request:
    """What one task reserves."""

    cpus: int
    gpus: int
    memory_bytes: int


def request(task: Task, *, share: int) -> Request:
    """What the task reserves; `share`: cores of a task that names none."""
    memory = task.needs.memory_gb
    return Request(task.needs.cpus or share, task.needs.gpus, int(memory * GB) if memory is not None else 0)


def core_share(machines: Sequence[Machine], jobs: int) -> int:
    """Cores for each of `jobs` tasks at a time, at least one, and never more than the smallest machine has."""
    total = sum(machine.cpus for machine in machines)
    return max(1, min(total // jobs, *(machine.cpus for machine in machines)))


def default_jobs(machines: Sequence[Machine]) -> int:
    """One task per GPU, or one per machine without GPUs: each stage then has all cores that it can use.

    Two trainings side by side with one thread each took as long on two cores as one after the other with two threads
    (docs/running.md), so more tasks than that are not the default.
    """
    return sum(max(1, machine.gpus) for machine in machines)


def refuse_impossible(tasks: Iterable[Task], machines: Sequence[Machine], *, share: int) -> None:
    """Refuse tasks that would wait for ever.

    Raises:
        ConfigError: naming the tasks that ask for more than any machine has.
    """
    problems = []
    for task in tasks:
        wanted = request(task, share=share)
        if not any(_fits(wanted, machine) for machine in machines):
            problems.append(f"{task.name} asks for {_in_words(wanted)}")
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        have = "; ".join(f"{machine.name}: {_has(machine)}" for machine in machines)
        raise ConfigError(
            f"no machine has what {'this stage asks' if len(problems) == 1 else 'these stages ask'} for\n{listed}",
            where="meta.resources",
            expected=f"at most what one machine has ({have})",
            hint="correct `stages:` in recipes/<family>/_family.yaml, or name the targets that fit",
        )


def _fits(wanted: Request, machine: Machine) -> bool:
    enough = wanted.cpus <= machine.cpus and wanted.gpus <= machine.gpus
    return enough and wanted.memory_bytes <= machine.memory_bytes


def _in_words(wanted: Request) -> str:
    parts = [f"{wanted.cpus} cores", *([f"{wanted.gpus} GPUs"] if wanted.gpus else [])]
    return ", ".join([*parts, *([f"{wanted.memory_bytes / GB:.1f} GB"] if wanted.memory_bytes else [])])


def _has(machine: Machine) -> str:
    return f"{machine.cpus} cores, {machine.gpus} GPUs, {machine.memory_bytes / GB:.1f} GB"
