"""Verb `export`: a finished run -> a Hugging Face folder, with `--merge` without the adapter."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from harness.config.project import Project
from harness.export.folder import export, run_named
from harness.runtime.quiet import quiet_libraries


def main(argv: Sequence[str]) -> int:
    """`harness export RUN [--merge] [--to FOLDER]`."""
    parser = argparse.ArgumentParser(prog="harness export", description="a finished run as a Hugging Face folder")
    parser.add_argument("run", help="as it is called below runs/, such as peft/lora-hs_products-0")
    parser.add_argument("--merge", action="store_true", help="fold the adapter into the base: a plain model")
    parser.add_argument("--to", type=Path, help="an empty or new folder (default: exports/RUN)")
    options = parser.parse_args(argv)
    quiet_libraries()
    project = Project.here()
    key = run_named(project, options.run)
    target = options.to or project.root / "exports" / (f"{key.id}-merged" if options.merge else key.id)
    print(export(project, key, target=target, merge=options.merge))
    return 0
