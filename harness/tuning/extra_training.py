"""A training outside of the pipeline: train a changed recipe in its own folder, score it at once, delete the weights.

`harness tune` uses it for each value of a grid (`trial.py`), `harness curve` for each number of training items
(`harness/curves/point.py`).
"""

from __future__ import annotations

import gc
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar, TypeVar

import harness
from harness.config.project import Project, RunKey
from harness.config.recipe import Recipe
from harness.config.seen import as_seen_by
from harness.fingerprint.fingerprint import TRAIN, methods_behind, module_counts
from harness.fingerprint.import_closure import Imports
from harness.fingerprint.source_text import source_hash
from harness.items.item import Split
from harness.items.prepared import PreparedDomain
from harness.measure.device import Device
from harness.measure.provenance import provenance, stable_hash
from harness.records.run_record import RunRecord, read_record
from harness.training.parents import parent_runs
from harness.training.refusals.attempt import attempt
from harness.training.registry import get_method
from harness.training.train import base_of, opened, resolved_budget, train_model
from harness.tuning.judging import judging_suites

Result = TypeVar("Result")


class ChangedProject(Project):
    """The project with one recipe replaced by a changed one."""

    def __init__(self, root: Path, recipe: Recipe) -> None:
        super().__init__(root)
        self._changed = recipe

    def recipe(self, recipe_id: str) -> Recipe:
        """The changed recipe if it has this id, else the recipe on disk."""
        return self._changed if recipe_id == self._changed.id else super().recipe(recipe_id)


@dataclass(frozen=True)
class ExtraTraining:
    """One extra training, which may be done already. Subclasses say what is recorded about it."""

    split: ClassVar[Split]
    """The split whose items the model is scored on."""

    project: ChangedProject
    key: RunKey
    """Names the run; its `id` is a folder below `runs/`."""
    domain: PreparedDomain
    views: tuple[str, ...]
    """The views whose questions are asked."""
    items: int
    """Questions that are asked, over all views."""
    device: Device

    @property
    def file(self) -> Path:
        """The file of the record, beside the folder of the weights."""
        folder = self.project.run_folder(self.key)
        return folder.with_name(f"{folder.name}.json")

    @property
    def config_hash(self) -> str:
        """Hash of what determines the score: code, packages, recipe, parents, budget, base, data, questions, seed."""
        project, recipe = self.project, self.project.recipe(self.key.recipe_id)
        suites = [project.suite(name) for view in self.views for name in judging_suites(project, view)]
        parents = parent_runs(project, self.key).values()
        records = [read_record(RunRecord, project.record_folder(parent) / "train/run.json") for parent in parents]
        config = {
            "run": recipe.run.model_dump(mode="json"),
            "budget": resolved_budget(project.params.budget, recipe).model_dump(),
            "base": base_of(project, recipe)[1],
            "parents": [[record.provenance.config_hash, record.provenance.data_hash] for record in records],
            "suites": [suite.model_dump(mode="json", exclude={"title", "summary", "also"}) for suite in suites],
            "asked": [*self.views, self.split, self.items, project.params.scoring.items],
            "device": [self.device.kind, self.device.dtype, self.device.training_precision],
            "seed": self.key.seed,
        }
        traced = provenance(
            project.root,
            self.device,
            config=config,
            domains=[self.domain, *self._others()],
            precision=self.device.training_precision,
        )
        code = code_hash(tuple(methods_behind(project, recipe.id)))
        return stable_hash([traced.config_hash, traced.data_hash, traced.versions, code])

    def _others(self) -> tuple[PreparedDomain, ...]:
        """The other domains that the method reads; if their data change, the training is a different one."""
        if not get_method(self.project.recipe(self.key.recipe_id).run.method).reads_other_domains:
            return ()
        seen = as_seen_by(self.project, self.key).params.prepared_domains
        return opened(self.project, sorted(set(seen) - {self.domain.name}))

    def trained_and_asked(self, ask: Callable[[], Result]) -> tuple[Result | None, str | None, float]:
        """Train, call `ask`, and delete the weights.

        Returns:
            (result of `ask`, None, seconds), or (None, reason of the failure, seconds). The seconds include those of an
            interrupted training that was resumed.
        """
        try:
            record, _ = train_model(as_seen_by(self.project, self.key), self.key)
            if record.status == "failed":
                return None, record.reason or "no reason was recorded", record.cost.seconds
            started = time.perf_counter()
            result, reason = attempt(ask)
            return result, reason, record.cost.seconds + time.perf_counter() - started
        finally:
            shutil.rmtree(self.project.run_folder(self.key), ignore_errors=True)
            gc.collect()  # free the memory for the next training


@cache
def code_hash(methods: tuple[str, ...]) -> str:
    """sha256 of the code that trains by these methods and of the code that scores, without comments."""
    root = Path(str(harness.__file__)).parents[1]
    closure = Imports(root).closure([TRAIN, "harness.scoring.ask", *(f"harness.methods.{name}" for name in methods)])
    modules = {path.relative_to(root).as_posix(): path for path in closure.modules}
    counted = {name: source_hash(path) for name, path in modules.items() if module_counts(name, "recipes/trial")}
    return stable_hash(counted)
