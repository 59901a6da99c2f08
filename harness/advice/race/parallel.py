"""Several trainings of a race at a time: Ray decides where, as for `harness repro --jobs` (harness/running)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.advice.race.rungs import Result
from harness.advice.race.trainings import Trainings
from harness.config.project import Project
from harness.errors import HarnessError
from harness.measure.device import prepare_device
from harness.running.engines.placement import core_share, refuse_impossible, request
from harness.running.engines.ray_engine import Cluster
from harness.running.tasks.task import Needs, Task
from harness.runtime.compiler import without_compiler
from harness.runtime.quiet import quiet_libraries


@dataclass(frozen=True)
class Settings:
    """What all trainings of a race share, as text and numbers that can travel to another machine."""

    root: str
    """Folder of the project, which every machine of a cluster sees under the same path."""
    domain: str
    seed: int
    items: int
    """Validation items that are asked."""


class ParallelTrainings:
    """Hands trainings to Ray, `jobs` at a time. Results come in the order in which they are done."""

    def __init__(self, trainings: Trainings, settings: Settings, cluster: Cluster, *, jobs: int) -> None:
        self._trainings, self._settings, self._jobs = trainings, settings, jobs
        self._ray, self._machines = cluster.ray, cluster.machines
        self._project = Project(Path(settings.root))
        self._share = core_share(cluster.machines, jobs)

    def require_room(self, recipes: Iterable[str]) -> None:
        """Refuse recipes that would wait for ever.

        Raises:
            ConfigError: a recipe asks for more cores, GPUs or memory than any machine has.
        """
        refuse_impossible(map(self._task, recipes), self._machines, share=self._share)

    def made_from(self, recipe_id: str, examples: int) -> str:
        """As `Trainings.made_from`."""
        return self._trainings.made_from(recipe_id, examples)

    def measure(self, recipes: Iterable[str], examples: int) -> Iterator[Result]:
        """Train and ask the recipes. The next one is taken only when there is room for it.

        Raises:
            HarnessError: a training ended with an error, or its worker died. Results that came before are kept; what
                was still at work is measured again when the command is repeated.
        """
        waiting, running = iter(recipes), dict[Any, str]()
        while True:
            while len(running) < self._jobs and (recipe := next(waiting, None)) is not None:
                running[self._start(recipe, examples)] = recipe
            if not running:
                return
            (done,), _ = self._ray.wait(list(running), num_returns=1)
            recipe = running.pop(done)
            try:
                yield self._ray.get(done)
            except self._ray.exceptions.RayError as error:
                raise HarnessError(
                    f"the training of {recipe} ended without a result: {' '.join(str(error).split())[:300]}",
                    where=f"{examples} examples",
                    hint="repeat the command: what was measured is kept. With fewer --jobs each has more memory",
                ) from error

    def _start(self, recipe: str, examples: int) -> Any:
        wanted = request(self._task(recipe), share=self._share)
        options = {"num_cpus": wanted.cpus, "num_gpus": wanted.gpus, "name": recipe, "max_calls": 1, "max_retries": 0}
        memory = {"memory": wanted.memory_bytes} if wanted.memory_bytes else {}
        return self._ray.remote(**options, **memory)(measured).remote(self._settings, recipe, examples)

    def _task(self, recipe: str) -> Task:
        hints = self._project.family(recipe.split("/")[0]).stages.train
        gpus = (hints.gpus or 0) if any(machine.gpus for machine in self._machines) else 0
        return Task(recipe, (), needs=Needs(cpus=hints.cpus, gpus=gpus, memory_gb=hints.memory_gb))


def measured(settings: Settings, recipe_id: str, examples: int) -> Result:
    """One training with its questions, in a process of Ray."""
    quiet_libraries()
    without_compiler()
    project = Project(Path(settings.root))
    device = prepare_device(project.params.precision)
    trainings = Trainings(project, domain=settings.domain, seed=settings.seed, items=settings.items, device=device)
    (result,) = trainings.measure([recipe_id], examples)
    return result
