"""`harness fetch`: bring the pinned sources to `data/sources/<name>/`, whole and verified or not at all."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.project import Project
from harness.runtime.parent_watch import exit_with_parent
from harness.sources.fetch import fetch


def main(argv: Sequence[str]) -> int:
    """Fetch the named sources, or all that params.yaml lists."""
    parser = argparse.ArgumentParser(
        prog="harness fetch", description="Download and verify pinned sources into data/sources/."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="a key of data/sources.yaml (default: params.sources)")
    names = parser.parse_args(argv).names
    exit_with_parent()
    project = Project.here()
    names = list(dict.fromkeys(names or project.params.sources))
    for name in names:
        project.source(name)  # a misspelt name is told before minutes of download
    for name in names:
        print(fetch(project, name), flush=True)
    return 0
