"""`harness score`: score a trained run with the suites of a protocol, into score/ or wide/ of its records.

harness score peft/lora --domain hs_products --seed 0
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.params import DEFAULT, WIDE
from harness.own.measure import score_own
from harness.own.own_project import OwnProject
from harness.runtime.compiler import without_compiler
from harness.runtime.parent_watch import exit_with_parent
from harness.runtime.quiet import quiet_libraries
from harness.scoring.score import score, summary
from harness.verbs._run_arguments import parse_run


def main(argv: Sequence[str]) -> int:
    """Score one run and print a summary."""
    parser = argparse.ArgumentParser(
        prog="harness score",
        description="Score a trained run with every suite of the protocol, and write scores.json and samples.parquet "
        "into reports/records/FAMILY/RECIPE-DOMAIN-SEED/score/ (wide/ for the wide protocol).",
        epilog="example: harness score peft/lora --domain hs_products --seed 0",
    )
    parser.add_argument(
        "--protocol",
        choices=[DEFAULT, WIDE],
        default=DEFAULT,
        help="which suites of params.yaml: `suites` (default), or `wide.suites`, after the default ones were asked",
    )
    parser.add_argument(
        "--anew", action="store_true", help="ask every suite again, also those whose result would come out equal"
    )
    project, key, options = parse_run(parser, argv)
    exit_with_parent()
    quiet_libraries()
    without_compiler()
    if isinstance(project, OwnProject):
        if options.protocol != DEFAULT:
            parser.error(f"rows of one's own are asked the protocol `{DEFAULT}` only")
        print(score_own(project, key))
    else:
        print(summary(score(project, key, keep=not options.anew, protocol=options.protocol)))
    return 0
