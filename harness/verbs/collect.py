"""`harness collect`: turn a domain's source into items, each in one split, in data/items/<domain>/.

harness collect hs_products
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence

from harness.config.project import Project
from harness.domains.collect import collect
from harness.items.item import SPLITS
from harness.runtime.parent_watch import exit_with_parent


def main(argv: Sequence[str]) -> int:
    """Collect one domain and print the number of items per split."""
    parser = argparse.ArgumentParser(
        prog="harness collect",
        description="Turn a domain's source into items, each in one split, in data/items/DOMAIN/.",
        epilog="example: harness collect hs_products",
    )
    parser.add_argument("domain", metavar="DOMAIN", help="name of a file in data/domains/")
    name = parser.parse_args(argv).domain
    exit_with_parent()
    collected = collect(Project.here(), name)
    counts = Counter(collected.split.values())
    print(f"collected {name}: " + ", ".join(f"{split} {counts[split]}" for split in SPLITS))
    return 0
