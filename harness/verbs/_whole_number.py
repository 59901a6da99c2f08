"""The type of command-line options that count something."""

from __future__ import annotations

import argparse


def whole_number(text: str) -> int:
    """A whole number from 0, for `add_argument(type=...)`."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("expected a whole number, 0 or more")
    return int(text)
