"""`harness score`: score a finished run with the suites of a protocol, into <run>/score/ or <run>/wide/.

harness score peft/lora --domain hs_products --seed 0
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.params import DEFAULT, WIDE
from harness.runtime.parent_watch import exit_with_parent
from harness.runtime.quiet import quiet_libraries
from harness.scoring.score import score, summary
from harness.verbs._run_arguments import parse_run


def main(argv: Sequence[str]) -> int:
    """Score one run and print a summary."""
    parser = argparse.ArgumentParser(
        prog="harness score",
        description="Score a finished run with every suite of the protocol, "
        "and write scores.json and samples.parquet into its score/ folder (wide/ for the wide protocol).",
        epilog="example: harness score peft/lora --domain hs_products --seed 0",
    )
    parser.add_argument(
        "--protocol",
        choices=[DEFAULT, WIDE],
        default=DEFAULT,
        help="which suites of params.yaml: `suites` (default), or `wide.suites`, after the default ones were asked",
    )
    project, key = parse_run(parser, argv)
    protocol = parser.parse_args(argv).protocol
    exit_with_parent()
    quiet_libraries()
    print(summary(score(project, key, protocol=protocol)))
    return 0
