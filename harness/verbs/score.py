"""Verb `score`: a finished run -> score/scores.json and score/samples.parquet."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.runtime.parent_watch import exit_with_parent
from harness.runtime.quiet import quiet_libraries
from harness.scoring.score import score, summary
from harness.verbs._run_arguments import parse_run


def main(argv: Sequence[str]) -> int:
    """`harness score FAMILY/RECIPE --domain D [--domain D2] --seed S`."""
    parser = argparse.ArgumentParser(prog="harness score", description=__doc__)
    project, key = parse_run(parser, argv)
    exit_with_parent()
    quiet_libraries()
    print(summary(score(project, key)))
    return 0
