"""The option --report-to, shared by the verbs that train."""

from __future__ import annotations

import argparse

from harness.runtime.trackers import VARIABLE


def add_report_to(parser: argparse.ArgumentParser) -> None:
    """Add the option; without it the list is empty, and the environment counts."""
    parser.add_argument(
        "--report-to",
        action="append",
        default=[],
        metavar="TRACKER",
        help="send live curves to this tracker (trackio, wandb, mlflow, tensorboard and others that transformers "
        f"knows); may be repeated; {VARIABLE} does the same",
    )
