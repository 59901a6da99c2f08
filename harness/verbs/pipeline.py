"""Verb `pipeline`: the stages of the families in dvc.yaml, generated from recipes/ and params.yaml."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from harness.config.project import Project
from harness.pipeline.generated_section import first_difference, generated_section, write_section


def main(argv: Sequence[str]) -> int:
    """`harness pipeline [--write]`."""
    parser = argparse.ArgumentParser(prog="harness pipeline", description=__doc__)
    parser.add_argument("--write", action="store_true", help="bring dvc.yaml up to date instead of printing the stages")
    options = parser.parse_args(argv)
    project = Project.here()
    if options.write:
        done = "wrote the stages of the families to dvc.yaml" if write_section(project) else "dvc.yaml is up to date"
        print(done)
        return 0
    print(generated_section(project).strip("\n"))
    sys.stdout.flush()
    line = first_difference(project)
    state = "dvc.yaml is up to date"
    if line is not None:
        state = f"dvc.yaml differs from this in line {line}; `harness pipeline --write` brings it up to date"
    print(state, file=sys.stderr)
    return 0
