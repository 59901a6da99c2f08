"""`harness export`: write a finished run as a folder that plain libraries load; --merge merges an adapter.

harness export peft/lora-hs_products-0 --merge
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from harness.config.project import Project
from harness.export.eval_results import require_repository
from harness.export.folder import export, run_named
from harness.runtime.compiler import without_compiler
from harness.runtime.quiet import quiet_libraries


def main(argv: Sequence[str]) -> int:
    """Export one run and print what was written."""
    parser = argparse.ArgumentParser(
        prog="harness export",
        description="Write a finished run as a folder that plain libraries load, with a model card that shows how.",
        epilog="example: harness export peft/lora-hs_products-0 --merge",
    )
    parser.add_argument("run", metavar="RUN", help="name of a folder below runs/, such as peft/lora-hs_products-0")
    parser.add_argument(
        "--merge", action="store_true", help="merge the adapter into its base, which gives a plain model"
    )
    parser.add_argument(
        "--to",
        metavar="FOLDER",
        type=Path,
        help="an empty or new folder (default: exports/RUN, with --merge exports/RUN-merged)",
    )
    parser.add_argument(
        "--dataset",
        metavar="OWNER/NAME",
        help="data set on the hub that holds the items of the domain and is a benchmark there: writes .eval_results/",
    )
    options = parser.parse_args(argv)
    dataset = require_repository(options.dataset) if options.dataset else None
    quiet_libraries()
    without_compiler()
    project = Project.here()
    key = run_named(project, options.run)
    target = options.to or project.root / "exports" / (f"{key.id}-merged" if options.merge else key.id)
    print(export(project, key, target=target, merge=options.merge, dataset=dataset))
    return 0
