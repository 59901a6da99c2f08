"""Hash the code that each stage uses, so that DVC re-runs the stages whose code changed, and no others.

    harness/**.py, requirements.lock --> runs/code/<stage>.json             fetch, base, collect, prepare, ...
                                     `-> runs/code/recipes/<family>/<recipe>.json    training: the loop and its method
    data/suites, params.yaml ----------> runs/code/suites.json              keys of active suites that change a score
                                         runs/code/wide_suites.json         the same for the wide protocol

A stage depends on its file in runs/code instead of on the whole package. Comments and docstrings do not count.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Container
from functools import cache
from pathlib import Path
from typing import Any

from harness.config.params import DEFAULT, WIDE, ProtocolName
from harness.config.project import Project
from harness.errors import ConfigError
from harness.fingerprint.import_closure import Closure, Imports
from harness.fingerprint.locked_packages import distribution_of, read_lock
from harness.fingerprint.source_text import source_hash

CODE_FOLDER = "runs/code"
SUITES_FILE, WIDE_SUITES_FILE = "suites.json", "wide_suites.json"
CHECKPOINTS = "runs/.checkpoints"

STAGES = {
    "fetch": "harness.sources.fetch",
    "base": "harness.bases.prepare",
    "collect": "harness.domains.collect",
    "questions": "harness.suites.build",
    "prepare": "harness.preparation.prepare",
    "score": "harness.scoring.score",
    "curve": "harness.curves.learning_curve",
    "ingest": "harness.store.ingest",
    "report": "harness.reports.write",
}
"""Stage -> the module it starts in."""

FOR_PEOPLE = {"title", "summary", "also", "retained"}
"""Keys of a suite that change only how the board shows it: every metric of its kind is computed anyway."""

TRAIN = "harness.training.train"

NO_EFFECT = ("harness/__init__.py", "harness/errors.py", "harness/runtime/")
"""Error messages, progress lines, safe writing: results do not depend on them, so changes here re-run nothing."""

CONFIG, RECIPE_DEFAULTS = "harness/config/", "harness/config/recipe.py"
"""Training and scoring use values from YAML files. Only the defaults of recipes are written in code."""

NO_EFFECT_PACKAGES = frozenset({"rich", "psutil", "pydantic", "ruamel-yaml"})
"""Packages that print, measure or read YAML: training and scoring do not depend on them."""

BESIDE_TORCH = ("accelerate", "numpy", "safetensors", "tokenizers")
"""transformers, trl and peft compute with these packages, even where the harness does not import them itself."""


def fingerprints(project: Project, names: Container[str] | None = None) -> dict[str, str]:
    """File below runs/code -> its content. `names`: the files that are wanted; null: all.

    Raises:
        ConfigError: a recipe is broken, or an import is not pinned in requirements.lock.
        HarnessError: an import of a module that does not exist.
    """
    imports, hashed = Imports(project.root), cache(source_hash)
    lock_path = project.root / "requirements.lock"
    lock = read_lock(lock_path)
    files = {}
    for name, roots in units(project).items():
        if names is not None and name not in names:
            continue
        closure = imports.closure(roots)
        modules = [(path.relative_to(project.root).as_posix(), hashed(path)) for path in closure.modules]
        packages = pinned(closure, lock, where=lock_path)
        files[name] = _text(
            {
                "modules": {module: digest for module, digest in modules if module_counts(module, name)},
                "packages": {key: version for key, version in packages.items() if package_counts(key, name)},
            }
        )
    return {**files, SUITES_FILE: active_suites(project), WIDE_SUITES_FILE: active_suites(project, WIDE)}


def module_counts(module: str, unit: str) -> bool:
    """Whether results of the unit can change with the module (`harness/config/domain.py`)."""
    if module.startswith(NO_EFFECT):
        return False
    return not _computes(unit) or module == RECIPE_DEFAULTS or not module.startswith(CONFIG)


def package_counts(package: str, unit: str) -> bool:
    """Whether results of the unit can change with the version of the package."""
    return not _computes(unit) or package not in NO_EFFECT_PACKAGES


def _computes(unit: str) -> bool:
    return unit in ("score.json", "curve.json") or unit.startswith("recipes/")


def active_suites(project: Project, protocol: ProtocolName = DEFAULT) -> str:
    """The suites of a protocol by name as JSON, without the keys that only the board reads.

    Raises:
        ConfigError: one of them is unknown or broken.
    """
    names = set(project.params.suites_of(protocol))
    return _text({name: project.suite(name).model_dump(mode="json", exclude=FOR_PEOPLE) for name in names})


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


def sweep_checkpoints(project: Project) -> None:
    """Remove checkpoints of interrupted runs that params.yaml no longer asks for: nothing would continue them."""
    active = {key.id for key in project.runs()}
    root = project.root / CHECKPOINTS
    for folder in root.glob("*/*"):
        if folder.is_dir() and folder.relative_to(root).as_posix() not in active:
            shutil.rmtree(folder)


def units(project: Project) -> dict[str, list[str]]:
    """File below runs/code -> the modules from which its imports are followed."""
    stages = {f"{stage}.json": [module] for stage, module in STAGES.items()}
    recipes = {
        f"recipes/{recipe}.json": [TRAIN, *(f"harness.methods.{method}" for method in methods_behind(project, recipe))]
        for recipe in project.recipe_ids
    }
    return {**stages, **recipes}


def methods_behind(project: Project, recipe_id: str) -> list[str]:
    """The recipe's method and those of its parents, because the training starts from the parents' models."""
    methods: set[str] = set()
    seen: set[str] = set()
    waiting = [recipe_id]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            run = project.recipe(current).run
            methods.add(run.method)
            waiting += run.parent_ids
    return sorted(methods)


def pinned(closure: Closure, lock: dict[str, str], *, where: Path) -> dict[str, str]:
    """Distribution -> version of every package that the closure uses.

    Optional packages and those of `BESIDE_TORCH` are included if the lock has them.

    Raises:
        ConfigError: an import has no pin.
    """
    packages = {distribution_of(name): place for name, place in closure.packages.items()}
    for name, place in packages.items():
        if name not in lock:
            raise ConfigError(
                f'"{name}", which {place} imports, is not pinned', where=str(where), hint="add a line for it there"
            )
    unseen = {distribution_of(name) for name in closure.optional}
    unseen |= set(BESIDE_TORCH) if "torch" in packages else set()
    return {name: lock[name] for name in sorted({*packages, *(unseen & set(lock))})}
