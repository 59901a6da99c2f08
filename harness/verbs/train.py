"""Verb `train`: (recipe, domain, seed) -> runs/<family>/<recipe>-<domain>-<seed>/train/."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.runtime.parent_watch import exit_with_parent
from harness.runtime.quiet import quiet_libraries
from harness.training.train import summary, train
from harness.verbs._run_arguments import parse_run


def main(argv: Sequence[str]) -> int:
    """`harness train FAMILY/RECIPE --domain D [--domain D2] --seed S`."""
    parser = argparse.ArgumentParser(prog="harness train", description=__doc__)
    project, key = parse_run(parser, argv)
    exit_with_parent()
    quiet_libraries()
    print(summary(train(project, key)))
    return 0
