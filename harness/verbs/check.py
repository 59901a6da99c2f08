"""Verb `check`: validate every YAML file of the tree, and that the files agree with each other and with the code."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from harness.check.problems import inventory, problems
from harness.check.stages import stage_note
from harness.config.complaints import below, counted
from harness.config.project import Project


def main(argv: Sequence[str]) -> int:
    """`harness check`: print all problems and return 1, or one line and 0."""
    description = "validate every YAML file of the tree, without any heavy import"
    argparse.ArgumentParser(prog="harness check", description=description).parse_args(argv)
    started = time.perf_counter()
    project = Project.here()
    found = problems(project)
    for problem in found:
        print(below(project.root, str(problem)), file=sys.stderr)
    if found:
        print(f"harness check: {counted(len(found), 'problem')}", file=sys.stderr)
        return 1
    if note := stage_note(project):
        print(f"note: {note}")
    print(f"checked {inventory(project)}: all well ({time.perf_counter() - started:.2f} s)")
    return 0
