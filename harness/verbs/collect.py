"""Verb `collect`: a domain's source -> data/items/<domain>/: its items, each in one split."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence

from harness.config.project import Project
from harness.domains.collect import collect
from harness.items.item import SPLITS
from harness.runtime.parent_watch import exit_with_parent


def main(argv: Sequence[str]) -> int:
    """`harness collect DOMAIN`."""
    parser = argparse.ArgumentParser(prog="harness collect", description=__doc__)
    parser.add_argument("domain", help="name of a file in data/domains/")
    options = parser.parse_args(argv)
    exit_with_parent()
    collected = collect(Project.here(), options.domain)
    counts = Counter(collected.split.values())
    print(f"collected {options.domain}: " + ", ".join(f"{name} {counts[name]}" for name in SPLITS))
    return 0
