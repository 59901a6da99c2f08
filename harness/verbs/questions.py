"""`harness questions`: make the questions that come with suites instead of with a domain, in data/questions/.

harness questions
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.project import Project
from harness.runtime.parent_watch import exit_with_parent
from harness.suites.build import build_questions


def main(argv: Sequence[str]) -> int:
    """Make all question sets of the active suites and print the size of each."""
    argparse.ArgumentParser(
        prog="harness questions",
        description="Make the questions that come with suites instead of with a domain: data/questions/SET.parquet "
        "and questions.json.",
    ).parse_args(argv)
    exit_with_parent()
    counts = build_questions(Project.here())
    shown = ", ".join(f"{name} {count}" for name, count in counts.items())
    print(f"questions: {shown}" if shown else "questions: no active suite has questions of its own")
    return 0
