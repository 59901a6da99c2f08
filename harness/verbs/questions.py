"""Verb `questions`: make the questions that suites bring along -> data/questions/<set>.parquet, questions.json."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.project import Project
from harness.runtime.parent_watch import exit_with_parent
from harness.suites.build import build_questions


def main(argv: Sequence[str]) -> int:
    """`harness questions`."""
    argparse.ArgumentParser(prog="harness questions", description=__doc__).parse_args(argv)
    exit_with_parent()
    counts = build_questions(Project.here())
    shown = ", ".join(f"{name} {count}" for name, count in counts.items())
    print(f"questions: {shown}" if shown else "questions: no suite brings its own")
    return 0
