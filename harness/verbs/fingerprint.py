"""Verb `fingerprint`: hash the code that each stage uses, so that DVC re-runs the stages whose code changed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.check.settings import refuse_unknown_names
from harness.config.project import Project
from harness.fingerprint.fingerprint import CODE_FOLDER, STAGES, fingerprints, sweep_checkpoints
from harness.pipeline.generated_section import require_current
from harness.runtime.atomic_output import atomic_folder
from harness.runtime.parent_watch import exit_with_parent


def main(argv: Sequence[str]) -> int:
    """`harness fingerprint`: rewrite the folder runs/code."""
    description = "hash the code that each stage uses into runs/code"
    argparse.ArgumentParser(prog="harness fingerprint", description=description).parse_args(argv)
    exit_with_parent()
    project = Project.here()
    refuse_unknown_names(project)
    require_current(project)
    files = fingerprints(project)
    with atomic_folder(project.root / CODE_FOLDER) as folder:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    sweep_checkpoints(project)
    print(f"fingerprint: the code of {len(STAGES)} stages and {len(project.recipe_ids)} recipes")
    return 0
