"""The tasks that measure runs of one's own, and the stages whose files they read."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

from harness.config.project import Project, RunKey
from harness.pipeline.family_stages import reads_pairs
from harness.pipeline.history import Estimate
from harness.pipeline.run_groups import score_stage, train_stages
from harness.running.tasks.rounds import Pipeline
from harness.running.tasks.task import Task, needs_of
from harness.training.media.towers import pretrained_roles
from harness.training.parents import parent_runs
from harness.training.registry import get_method


def own_tasks(project: Project, runs: Iterable[RunKey], estimates: Mapping[str, Estimate], *, gpus: bool) -> list[Task]:
    """Training and scoring of each run, and the training of the runs that it starts from.

    A task whose result is up to date ends at once.
    """
    tasks: dict[str, Task] = {}
    stages = train_stages(project)

    def add(verb: str, run: RunKey, after: Iterable[str]) -> str:
        name = f"own {verb} {run.id}"
        stage = stages.get(run)
        estimate = estimates.get(stage if verb == "train" else score_stage(stage)) if stage else None
        hints = getattr(project.family(run.family).stages, verb)
        needs = needs_of(hints.model_dump(exclude_none=True), estimate, gpus=gpus)
        seconds = estimate.seconds if estimate else None
        tasks[name] = Task(name, _command(verb, run), frozenset(after), needs, seconds)
        return name

    def add_training(run: RunKey) -> str:
        name = f"own train {run.id}"
        if name in tasks:
            return name
        return add("train", run, [add_training(parent) for parent in parent_runs(project, run).values()])

    for run in runs:
        add("score", run, [add_training(run)])
    return list(tasks.values())


def stages_for(project: Project, runs: Sequence[RunKey], pipeline: Pipeline) -> list[str]:
    """Stages that make what the own runs read: the code that stages use, bases, prepared domains and questions."""
    params, trained = project.params, _with_parents(project, runs)
    recipes = {run: project.recipe(run.recipe_id) for run in trained}
    read = {name for run in trained for name in project.scored_domains(run)}
    if any(get_method(recipe.run.method).reads_other_domains for recipe in recipes.values()):
        read |= set(params.prepared_domains)
    wanted = ["fingerprint", "questions", *(f"prepare@{name}" for name in sorted(read))] if runs else []
    wanted += [f"slice@{name}" for name in params.slices if any(name in run.domains for run in runs)]
    pairs = {name for run, recipe in recipes.items() if reads_pairs(recipe) for name in run.domains}
    wanted += [f"preferences@{name}" for name in sorted(pairs)]
    roles = {role for recipe in recipes.values() for role in pretrained_roles(recipe)}
    wanted += [f"base@{role}" for role in sorted(roles)]
    return [name for name in wanted if name in pipeline.by_name]


def _with_parents(project: Project, runs: Iterable[RunKey]) -> set[RunKey]:
    """The runs and all runs that they start from."""
    found: set[RunKey] = set()
    waiting = list(runs)
    while waiting:
        run = waiting.pop()
        if run not in found:
            found.add(run)
            waiting += parent_runs(project, run).values()
    return found


def _command(verb: str, run: RunKey) -> tuple[str, ...]:
    domains = [word for domain in run.domains for word in ("--domain", domain)]
    return (
        *("env", "DVC_STAGE=own"),  # as in a stage, the verb then ends together with what started it
        *(sys.executable, "-m", "harness", verb, run.recipe_id),
        *domains,
        *("--seed", str(run.seed), "--own"),
    )
