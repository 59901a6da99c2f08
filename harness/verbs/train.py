"""`harness train`: train one recipe on a domain with a seed: weights in runs/, the record in reports/records/.

harness train peft/lora --domain hs_products --seed 0
harness train peft/lora --domain hs_products --report-to trackio    # with live curves in a tracker
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.own.measure import train_own
from harness.own.own_project import OwnProject
from harness.runtime.compiler import without_compiler
from harness.runtime.parent_watch import exit_with_parent
from harness.runtime.quiet import quiet_libraries
from harness.runtime.trackers import report_live, trackers_asked_for
from harness.training.train import summary, train
from harness.verbs._report_to import add_report_to
from harness.verbs._run_arguments import compiles, parse_run


def main(argv: Sequence[str]) -> int:
    """Train one run and print a summary."""
    parser = argparse.ArgumentParser(
        prog="harness train",
        description="Train one recipe on a domain with a seed: weights in runs/FAMILY/RECIPE-DOMAIN-SEED/, "
        "the record in reports/records/FAMILY/RECIPE-DOMAIN-SEED/train/.",
        epilog="example: harness train peft/lora --domain hs_products --seed 0",
    )
    add_report_to(parser)
    project, key, options = parse_run(parser, argv)
    exit_with_parent()
    quiet_libraries()
    if not compiles(project.recipe(key.recipe_id)):
        without_compiler()
    report_live(options.report_to or trackers_asked_for(), run_id=key.id, root=project.root)
    print(train_own(project, key) if isinstance(project, OwnProject) else summary(train(project, key)))
    return 0
