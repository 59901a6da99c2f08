"""`harness prepare`: remove leaked training items and write a domain's views and data card, in data/prepared/<domain>/.

harness prepare hs_products
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.project import Project
from harness.preparation.prepare import prepare
from harness.runtime.parent_watch import exit_with_parent


def main(argv: Sequence[str]) -> int:
    """Prepare one collected domain and print the number of items, labels and views."""
    parser = argparse.ArgumentParser(
        prog="harness prepare",
        description="Remove the training items that nearly repeat held-out ones; "
        "write the domain's views and data card into data/prepared/DOMAIN/. A slice of a prepared domain goes into "
        "data/slices/.",
        epilog="example: harness prepare hs_products",
    )
    parser.add_argument(
        "domain", metavar="DOMAIN", help="name of a file in data/domains/, or of a slice in params.yaml"
    )
    name = parser.parse_args(argv).domain
    exit_with_parent()
    facts = prepare(Project.here(), name)
    counts = ", ".join(f"{split} {count}" for split, count in facts["card"]["items"].items())
    print(f"prepared {name}: {counts}, {len(facts['labels'])} labels, {len(facts['views'])} views")
    return 0
