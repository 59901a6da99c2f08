"""Verb `fingerprint`: hash the code behind each stage, so that DVC re-runs what changed and nothing else.

    harness/**.py, requirements.lock --> runs/code/<stage>.json             fetch, base, prepare, score, ingest, report
                                     `-> runs/code/recipes/<family>/<recipe>.json    training: the loop and its method

A stage depends on its file here instead of on the whole package. Comments and docstrings do not count.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from harness.config.project import Project
from harness.errors import ConfigError
from harness.pipeline.atomic_output import atomic_folder
from harness.pipeline.import_closure import Closure, Imports
from harness.pipeline.locked_packages import distribution_of, read_lock
from harness.pipeline.source_text import source_hash

CODE_FOLDER = "runs/code"

STAGES = {
    "fetch": "harness.sources.fetch",
    "base": "harness.bases.prepare",
    "prepare": "harness.domains.prepare",
    "score": "harness.scoring.score",
    "ingest": "harness.store.ingest",
    "report": "harness.reports.write",
}
"""Stage -> the module it starts in."""

TRAIN = "harness.training.train"

NO_EFFECT = ("harness/__init__.py", "harness/errors.py", "harness/pipeline/")
"""Wording of errors, progress lines, safe writing: no result depends on them, so none is computed again for them."""


def main(argv: Sequence[str]) -> int:
    """`harness fingerprint`: rewrite the folder runs/code."""
    description = "hash the code behind each stage into runs/code"
    argparse.ArgumentParser(prog="harness fingerprint", description=description).parse_args(argv)
    project = Project.here()
    files = fingerprints(project)
    with atomic_folder(project.root / CODE_FOLDER) as folder:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    print(f"fingerprint: the code of {len(STAGES)} stages and {len(files) - len(STAGES)} recipes")
    return 0


def fingerprints(project: Project) -> dict[str, str]:
    """File below runs/code -> its content.

    Raises:
        ConfigError: a recipe is broken, or an import is not pinned in requirements.lock.
        HarnessError: an import of a module that does not exist.
    """
    imports, hashed = Imports(project.root), cache(source_hash)
    lock_path = project.root / "requirements.lock"
    lock = read_lock(lock_path)
    files = {}
    for name, roots in units(project).items():
        closure = imports.closure(roots)
        modules = {path.relative_to(project.root).as_posix(): hashed(path) for path in closure.modules}
        content = {
            "modules": {module: digest for module, digest in modules.items() if not module.startswith(NO_EFFECT)},
            "packages": pinned(closure, lock, where=lock_path),
        }
        files[name] = json.dumps(content, indent=1, sort_keys=True) + "\n"
    return files


def units(project: Project) -> dict[str, list[str]]:
    """File below runs/code -> the modules it starts from."""
    stages = {f"{stage}.json": [module] for stage, module in STAGES.items()}
    recipes = {
        f"recipes/{recipe}.json": [TRAIN, *(f"harness.methods.{method}" for method in methods_behind(project, recipe))]
        for recipe in project.recipe_ids
    }
    return {**stages, **recipes}


def methods_behind(project: Project, recipe_id: str) -> list[str]:
    """The recipe's method, and those of its parents: their runs are loaded to start from."""
    methods: set[str] = set()
    seen: set[str] = set()
    waiting = [recipe_id]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            run = project.recipe(current).run
            methods.add(run.method)
            waiting += run.parents.values()
    return sorted(methods)


def pinned(closure: Closure, lock: dict[str, str], *, where: Path) -> dict[str, str]:
    """Distribution -> version of everything imported from outside; optional ones only if the lock has them.

    Raises:
        ConfigError: an import has no pin.
    """
    packages = {distribution_of(name): place for name, place in closure.packages.items()}
    for name, place in packages.items():
        if name not in lock:
            raise ConfigError(f'"{name}", which {place} imports, is not pinned', where=str(where), hint="add it there")
    optional = {distribution_of(name) for name in closure.optional} & set(lock)
    return {name: lock[name] for name in sorted({*packages, *optional})}
