"""One trial: the recipe trained with one value of its grid and judged, kept as one small file.

    runs/.trials/<family>/<recipe>-<domain>-<seed>/<value>/train/    while it lasts: the weights
                                                   <value>.json      for good

A finished trial of the same code, configuration and data is not repeated, so an interrupted search goes on where it
was. `.dvcignore` keeps the folder out of the pipeline.
"""

from __future__ import annotations

import gc
import json
import shutil
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import harness
from harness.config.project import Project, RunKey
from harness.config.recipe import Recipe
from harness.config.strict import StrictModel
from harness.config.tuned import Tried, Value
from harness.domains.prepared import PreparedDomain
from harness.measure.device import Device
from harness.measure.provenance import provenance, stable_hash
from harness.pipeline.atomic_output import atomic_file
from harness.pipeline.fingerprint import TRAIN, methods_behind, module_counts
from harness.pipeline.import_closure import Imports
from harness.pipeline.source_text import source_hash
from harness.store.records import RunRecord, read_record
from harness.training.attempt import attempt
from harness.training.train import base_of, parent_key, resolved_budget, train
from harness.tuning.validation import Judged, judge, judging_suites

TRIALS_FOLDER = ".trials"


@dataclass(frozen=True)
class TrialKey(RunKey):
    """A run beside the pipeline's: same recipe, domain and seed, another value, a folder of its own."""

    value: Value

    @property
    def id(self) -> str:
        """`.trials/peft/lora-hs_products-0/0.001`."""
        return f"{TRIALS_FOLDER}/{super().id}/{self.value:g}"


class TrialProject(Project):
    """The project as it would be with this recipe in place of the one on disk."""

    def __init__(self, root: Path, recipe: Recipe) -> None:
        super().__init__(root)
        self._changed = recipe

    def recipe(self, recipe_id: str) -> Recipe:
        """The recipe of the trial, or another one as it stands on disk."""
        return self._changed if recipe_id == self._changed.id else super().recipe(recipe_id)


class Trial(StrictModel):
    """`<value>.json`."""

    config_hash: str
    """Of all that determines the score; a trial of another one is repeated."""
    tried: Tried
    metric: str | None = None
    """Null for a failed trial."""
    items: int | None = None


@dataclass(frozen=True)
class Job:
    """A trial that is still to be done, or was."""

    project: TrialProject
    key: TrialKey
    domain: PreparedDomain
    views: tuple[str, ...]
    items: int
    device: Device

    @property
    def file(self) -> Path:
        """Where its record lies."""
        folder = self.project.run_folder(self.key)
        return folder.with_name(f"{folder.name}.json")

    @property
    def config_hash(self) -> str:
        """Code, packages, recipe with the value, parents, budget, base, data, questions, seed."""
        project, recipe = self.project, self.project.recipe(self.key.recipe_id)
        suites = [project.suite(name) for view in self.views for name in judging_suites(project, view)]
        parents = [parent_key(project, self.key, parent) for parent in recipe.run.parents.values()]
        records = [read_record(RunRecord, project.run_folder(parent) / "train/run.json") for parent in parents]
        config = {
            "run": recipe.run.model_dump(mode="json"),
            "budget": resolved_budget(project.params.budget, recipe).model_dump(),
            "base": base_of(project, recipe)[1],
            "parents": [[record.provenance.config_hash, record.provenance.data_hash] for record in records],
            "suites": [suite.model_dump(mode="json", exclude={"title", "summary", "also"}) for suite in suites],
            "asked": [*self.views, self.items, project.params.scoring.items],
            "device": [self.device.kind, self.device.dtype, self.device.training_precision],
            "seed": self.key.seed,
        }
        traced = provenance(
            project.root,
            self.device,
            config=config,
            domains=[self.domain],
            precision=self.device.training_precision,
        )
        code = code_hash(tuple(methods_behind(project, recipe.id)), tuple(sorted({suite.kind for suite in suites})))
        return stable_hash([traced.config_hash, traced.data_hash, traced.versions, code])

    def finished(self) -> Trial | None:
        """What an earlier search found; null if nothing of the same configuration."""
        try:
            trial = Trial.model_validate(json.loads(self.file.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            return None
        return trial if trial.config_hash == self.config_hash else None

    def run(self) -> Trial:
        """Train, judge, write the record, drop the weights. A trial that fails is kept with its reason."""
        config_hash = self.config_hash
        try:
            judged, reason, seconds = self._trained_and_judged()
        finally:
            shutil.rmtree(self.project.run_folder(self.key), ignore_errors=True)
            gc.collect()  # the next trial needs the memory
        tried = Tried(
            value=self.key.value,
            validation_score=round(judged.score, 6) if judged else None,
            failed=None if judged else reason or "no reason was recorded",
            seconds=round(seconds, 1),
        )
        trial = Trial(
            config_hash=config_hash,
            tried=tried,
            metric=judged.metric if judged else None,
            items=judged.items if judged else None,
        )
        with atomic_file(self.file) as working:
            working.write_text(json.dumps(trial.model_dump(mode="json"), indent=2) + "\n", encoding="utf-8")
        return trial

    def _trained_and_judged(self) -> tuple[Judged | None, str | None, float]:
        """The score or the reason why there is none, and the seconds; those of an interrupted training count, too."""
        record = train(self.project, self.key)
        if record.status == "failed":
            return None, record.reason, record.cost.seconds
        started = time.perf_counter()
        judged, reason = attempt(
            lambda: judge(
                self.project, self.key, domain=self.domain, views=self.views, items=self.items, device=self.device
            )
        )
        return judged, reason, record.cost.seconds + time.perf_counter() - started


@cache
def code_hash(methods: tuple[str, ...], kinds: tuple[str, ...]) -> str:
    """sha256 of the code that trains by these methods and asks by these kinds; comments aside."""
    root = Path(str(harness.__file__)).parents[1]
    roots = [TRAIN, "harness.scoring.ask", *(f"harness.methods.{name}" for name in methods)]
    closure = Imports(root).closure([*roots, *(f"harness.scoring.kinds.{name}" for name in kinds)])
    modules = {path.relative_to(root).as_posix(): path for path in closure.modules}
    counted = {name: source_hash(path) for name, path in modules.items() if module_counts(name, "recipes/trial")}
    return stable_hash(counted)
