"""The scorer of real races: an extra training (`harness/tuning/extra_training.py`) and validation questions.

runs/.races/<family>/<recipe>-<domain>-<seed>/<examples>/    weights, removed as soon as they are scored
runs/.races/<domain>-<seed>.json                             the results of the race
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from harness.advice.race.rungs import Result
from harness.config.project import Project, RunKey
from harness.curves.scaling import with_items
from harness.errors import ConfigError, RunFailed
from harness.evidence.item_scores import ItemScores
from harness.items.prepared import PreparedDomain
from harness.measure.device import Device
from harness.reports.board.measured.item_scores import item_scores
from harness.training.refusals.misfits import require_fit
from harness.training.train import resolved_budget
from harness.tuning.extra_training import ChangedProject, ExtraTraining
from harness.tuning.judging import Answers, answers, judged_views
from harness.tuning.search import require_start

RACES_FOLDER = ".races"


@dataclass(frozen=True)
class RaceKey(RunKey):
    """A run outside of the pipeline."""

    examples: int

    @property
    def id(self) -> str:
        """`.races/peft/lora-hs_products-0/128`."""
        return f"{RACES_FOLDER}/{super().id}/{self.examples}"


@dataclass(frozen=True)
class RaceJob(ExtraTraining):
    """The training and the questions of one recipe in one stage."""

    split = "validation"
    key: RaceKey

    @cached_property
    def hash(self) -> str:
        """Everything that determines the result."""
        return self.config_hash

    def run(self) -> Result:
        """Train, ask, remove the weights. A training that fails is a result with its reason."""
        found, reason, seconds = self.trained_and_asked(self._answers)
        failed = None if found else reason or "no reason was recorded"
        items = _items(found) if found else None
        return Result(self.key.recipe_id, self.key.examples, round(seconds, 1), items, failed)

    def _answers(self) -> Answers:
        (one,) = answers(
            self.project,
            self.key,
            domain=self.domain,
            views=self.views,
            items=self.items,
            device=self.device,
            split=self.split,
        )
        return one


def _items(found: Answers) -> ItemScores:
    samples = found.samples
    return item_scores(
        found.suite.primary,
        items=[one.item_id for one in samples],
        clusters=[one.cluster for one in samples],
        gold=[one.gold for one in samples],
        correct=np.array([[one.correct for one in samples]], dtype=float),
    )


class Trainings:
    """Trains the recipes of one race."""

    def __init__(self, project: Project, *, domain: str, seed: int, items: int, device: Device) -> None:
        self._project, self._seed, self._items, self._device = project, seed, items, device
        self._domain = PreparedDomain.open(project.prepared_folder(domain))
        self._jobs: dict[tuple[str, int], RaceJob] = {}

    @property
    def file(self) -> Path:
        """Where the race keeps its results."""
        return self._project.root / "runs" / RACES_FOLDER / f"{self._domain.name}-{self._seed}.json"

    def starters(self, recipes: Sequence[str]) -> tuple[list[str], dict[str, str]]:
        """The recipes that can start, and why the others cannot. Nothing is loaded.

        A race compares recipes on one task, so a recipe that learns something else than the domain's main view is out.

        Raises:
            ConfigError: a recipe or a setting is wrong.
        """
        fit, out = [], {}
        for recipe_id in recipes:
            why = self._misfit(recipe_id)
            if why is None:
                fit.append(recipe_id)
            else:
                out[recipe_id] = why
        return fit, out

    def made_from(self, recipe_id: str, examples: int) -> str:
        """Hash of code, settings and data behind a result."""
        return self._job(recipe_id, examples).hash

    def measure(self, recipes: Iterable[str], examples: int) -> Iterator[Result]:
        """Train the recipes, one after another, and ask each the validation questions of the domain's main view."""
        for recipe_id in recipes:
            yield self._job(recipe_id, examples).run()

    def _misfit(self, recipe_id: str) -> str | None:
        recipe = self._project.recipe(recipe_id)
        if recipe.run.parent_ids:
            return "it starts from other runs, which a race does not train"
        if recipe.run.subset and recipe.run.subset.per_label:
            return "it counts its items by label"
        method = require_fit(self._project, recipe)
        try:
            learnt = method.learns(self._domain, recipe)
        except RunFailed as error:
            return error.what
        main = self._domain.main_view
        if learnt and main not in learnt:
            return f"it learns {', '.join(learnt)} instead of {main}"
        require_start(self._project, RunKey(recipe.family, recipe.name, (self._domain.name,), self._seed), recipe)
        return None

    def _job(self, recipe_id: str, examples: int) -> RaceJob:
        if (recipe_id, examples) not in self._jobs:
            recipe, budget = self._project.recipe(recipe_id), self._project.params.budget
            most = resolved_budget(budget, recipe).train_examples  # a low-resource recipe keeps its own budget
            changed = with_items(recipe, min(examples, most), budget=budget)
            self._jobs[recipe_id, examples] = RaceJob(
                project=ChangedProject(self._project.root, changed),
                key=RaceKey(recipe.family, recipe.name, (self._domain.name,), self._seed, examples),
                domain=self._domain,
                views=self._views(),
                items=self._items,
                device=self._device,
            )
        return self._jobs[recipe_id, examples]

    def _views(self) -> tuple[str, ...]:
        main = self._domain.main_view
        if main is None:
            raise ConfigError(
                f"the domain {self._domain.name} has neither labels nor answers", hint="a race needs a task that ranks"
            )
        return tuple(judged_views(self._project, self._domain, [main])[:1])
