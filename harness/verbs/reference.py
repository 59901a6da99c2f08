"""`harness reference`: are docs/reference.md and docs/schema/ up to date with the typed models? --write writes them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from harness.config.project import Project
from harness.reference.files import outdated, write


def main(argv: Sequence[str]) -> int:
    """Name the files that differ from the models, and return 1 if there are any; with --write mend them."""
    parser = argparse.ArgumentParser(
        prog="harness reference",
        description="Check the reference of all YAML keys and the JSON schemas for editors against the typed models.",
        epilog="docs/reference.md says how an editor uses the schemas.",
    )
    parser.add_argument("--write", action="store_true", help="write what is not up to date")
    options = parser.parse_args(argv)
    root = Project.here().root
    if options.write:
        print("\n".join(f"wrote {path}" for path in write(root)) or "all files are up to date")
        return 0
    found = outdated(root)
    for path in found:
        print(f"{path}: not up to date; `harness reference --write` writes it", file=sys.stderr)
    if not found:
        print("docs/reference.md and docs/schema/ are up to date")
    return 1 if found else 0
