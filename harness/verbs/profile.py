"""Verb `profile`: write params.yaml from a ready-made profile, or list the profiles."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from harness.config.edits.profile import find_root, listing, write_profile
from harness.config.project import Project
from harness.pipeline.generated_section import write_section


def main(argv: Sequence[str]) -> int:
    """`harness profile [NAME] [--force]`."""
    parser = argparse.ArgumentParser(prog="harness profile", description="write params.yaml from a ready-made profile")
    parser.add_argument("name", nargs="?", help="name of a file in harness/profiles/; without it, list them")
    parser.add_argument("--force", action="store_true", help="overwrite a params.yaml that was edited by hand")
    options = parser.parse_args(argv)
    root = find_root(Path.cwd())
    if options.name is None:
        print("\n".join(listing(root)))
        return 0
    if write_profile(root, options.name, force=options.force):
        print(f"params.yaml is now the profile {options.name}; `harness plan` shows what `dvc repro` would run")
    else:
        print(f"params.yaml is the profile {options.name} already")
    if write_section(Project(root)):
        print("dvc.yaml: the stages of the families now fit params.yaml")
    return 0
