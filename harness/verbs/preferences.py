"""`harness preferences`: write pairs about scope and safety for a prepared domain, in data/preferences/<domain>/.

harness preferences hs_products
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.project import Project
from harness.runtime.parent_watch import exit_with_parent
from harness.suites.pairs.build import build_preferences


def main(argv: Sequence[str]) -> int:
    """Write the pairs of one domain and print their number."""
    parser = argparse.ArgumentParser(
        prog="harness preferences",
        description="Write pairs of a better and a worse answer into data/preferences/DOMAIN/: label or decline texts "
        "that do (not) belong to the domain, refuse harmful requests, help with harmless ones.",
        epilog="example: harness preferences hs_products",
    )
    parser.add_argument("domain", metavar="DOMAIN", help="name of a prepared domain")
    name = parser.parse_args(argv).domain
    exit_with_parent()
    counts = build_preferences(Project.here(), name)
    shown = ", ".join(f"{view} {count}" for view, count in counts.items())
    print(f"preferences of {name}: training pairs: {shown or 'none'}")
    return 0
