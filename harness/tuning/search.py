"""Plan the trials of one recipe on one domain, and check everything that could stop them before the first begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.check.tuning import grid_problems
from harness.config.grid import Grid, grid_of, with_value
from harness.config.project import Project, RunKey
from harness.config.recipe import Recipe
from harness.config.tuned import Tuned
from harness.errors import ConfigError, DataError, RunFailed
from harness.items.prepared import PreparedDomain
from harness.measure.device import Device
from harness.records.outcome import read_outcome
from harness.training.parents import parent_runs
from harness.training.refusals.misfits import require_fit
from harness.training.train import base_of
from harness.tuning.choice import best_of
from harness.tuning.extra_training import ChangedProject
from harness.tuning.judging import judged_views
from harness.tuning.trial import Trial, TrialJob, TrialKey


class CannotLearnError(ConfigError):
    """The domain has no data that the recipe can learn from."""


@dataclass(frozen=True)
class Search:
    """A recipe, its grid, and one job per value."""

    recipe: Recipe
    grid: Grid
    domain: str
    seed: int
    base_model: str | None
    jobs: tuple[TrialJob, ...]

    def run(self, report: Callable[[TrialJob, Trial, bool], None]) -> list[Trial]:
        """Run the jobs that are not done yet, in the order of the grid.

        After each job, `report` is called with the job, its trial, and whether the trial was done before.
        """
        trials = []
        for job in self.jobs:
            earlier = job.finished()
            trial = earlier or job.run()
            report(job, trial, earlier is not None)
            trials.append(trial)
        return trials

    def outcome(self, trials: Sequence[Trial], *, on: object) -> Tuned | None:
        """What to write into the recipe file; None if every trial failed. `on` is the date."""
        best = best_of([trial.tried for trial in trials])
        if best is None:
            return None
        known = next(trial for trial in trials if trial.metric is not None)
        return Tuned.model_validate(
            {
                "on": on,
                "domain": self.domain,
                "seed": self.seed,
                "base_model": self.base_model,
                "metric": known.metric,
                "items": known.items,
                "parameter": self.grid.parameter,
                "grid": list(self.grid.values),
                "trials": [trial.tried.model_dump() for trial in trials],
                "chosen": best.value,
                "validation_score": best.validation_score,
            }
        )


def plan_search(project: Project, recipe_id: str, *, domain: str, seed: int, items: int, device: Device) -> Search:
    """Make the jobs of a search. Nothing is loaded or written.

    Args:
        project: the project.
        recipe_id: `family/recipe`.
        domain: name of a prepared domain.
        seed: seed of every trial.
        items: validation items that each trial is scored on.
        device: the device of the trainings.

    Raises:
        ConfigError: the recipe has no grid or a wrong one, it cannot learn from the domain, or no suite can score it.
        DataError: the domain, the base model or a parent run is missing.
    """
    recipe = project.recipe(recipe_id)
    grid = grid_of(recipe)
    if grid is None:
        raise ConfigError(
            f"{recipe_id} declares no grid, so there is nothing to tune",
            where=f"recipes/{recipe_id}.yaml",
            hint="to tune it, add `tune: {learning_rate: [3e-4, 1e-3, 3e-3]}` beside `run`",
        )
    method = require_fit(project, recipe)
    for problem in grid_problems(project, recipe, method):
        raise problem
    prepared = PreparedDomain.open(project.prepared_folder(domain))
    try:
        learnt = method.learns(prepared, recipe)
    except RunFailed as error:
        raise CannotLearnError(error.what, where=f"{recipe_id} on {domain}") from None
    views = tuple(judged_views(project, prepared, learnt))
    require_start(project, RunKey(recipe.family, recipe.name, (domain,), seed), recipe)
    jobs = [
        TrialJob(
            project=ChangedProject(project.root, with_value(recipe, grid.path, value)),
            key=TrialKey(recipe.family, recipe.name, (domain,), seed, value),
            domain=prepared,
            views=views,
            items=items,
            device=device,
        )
        for value in grid.values
    ]
    return Search(recipe, grid, domain, seed, base_of(project, recipe)[1], tuple(jobs))


def require_start(project: Project, key: RunKey, recipe: Recipe) -> None:
    """Check that the base model and the parent runs of a training are there.

    Raises:
        DataError: one of them is missing or failed; the error names it and the next step.
    """
    folder, name = base_of(project, recipe)
    if folder is not None and not folder.is_dir():
        raise DataError(
            f"the base model {name} is not prepared", where=str(folder), hint=f"run `harness base {folder.name}`"
        )
    for parent in parent_runs(project, key).values():
        record = read_outcome(project.run_folder(parent))
        if record.status == "failed":
            raise DataError(f"the parent run {parent.id} failed: {record.reason}", where=f"recipes/{recipe.id}.yaml")
