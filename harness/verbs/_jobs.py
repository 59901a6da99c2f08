"""The options `--jobs` and `--address`, which several verbs have."""

from __future__ import annotations

import argparse

from harness.verbs._whole_number import whole_number


def add_jobs(parser: argparse.ArgumentParser, *, what: str) -> None:
    """Add both; `what`: what runs at a time, in the plural."""
    parser.add_argument(
        "--jobs", type=_jobs, metavar="N", help=f"{what} at a time; more than one needs Ray (default: 1)"
    )
    parser.add_argument(
        "--address", metavar="A", help="a running Ray cluster with a shared file system: auto, or HOST:6379"
    )


def _jobs(text: str) -> int:
    if (number := whole_number(text)) < 1:
        raise argparse.ArgumentTypeError("expected a whole number, 1 or more")
    return number
