"""Verb `prepare`: collected items -> data/prepared/<domain>/: decontaminated, as views, with a data card."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.project import Project
from harness.preparation.prepare import prepare
from harness.runtime.parent_watch import exit_with_parent


def main(argv: Sequence[str]) -> int:
    """`harness prepare DOMAIN`."""
    parser = argparse.ArgumentParser(prog="harness prepare", description=__doc__)
    parser.add_argument("domain", help="name of a file in data/domains/")
    options = parser.parse_args(argv)
    exit_with_parent()
    facts = prepare(Project.here(), options.domain)
    counts = ", ".join(f"{name} {count}" for name, count in facts["card"]["items"].items())
    print(f"prepared {options.domain}: {counts}, {len(facts['labels'])} labels, {len(facts['views'])} views")
    return 0
