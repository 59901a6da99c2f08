"""`harness export-runs`: write all runs of the store as CSV, Parquet or into MLflow.

harness export-runs --to csv
harness export-runs --to parquet --out /tmp/runs.parquet
harness export-runs --to mlflow
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from harness.config.project import Project
from harness.errors import ConfigError
from harness.store.exports.files import FORMATS, export_to_file
from harness.store.exports.run_rows import run_rows
from harness.store.exports.tracker import client, default_address, export_to_mlflow
from harness.store.parquet_views import open_store

EXPERIMENT = "finetune-harness"


def main(argv: Sequence[str]) -> int:
    """Export the runs; repeating it changes nothing."""
    options = _parser().parse_args(argv)
    project = Project.here()
    if options.to == "mlflow":
        if options.out:
            raise ConfigError("--out names a file, and MLflow has none", where="--out", hint="set MLFLOW_TRACKING_URI")
        address = os.environ.get("MLFLOW_TRACKING_URI") or default_address(project.root)
        tracker = client(address)
        rows = _rows(project)
        counts = export_to_mlflow(rows, tracker, experiment=options.experiment)
        told = ", ".join(f"{count} {what}" for what, count in counts.items())
        print(f"{len(rows)} runs -> MLflow at {address}, experiment {options.experiment}: {told}")
        return 0
    path = options.out or project.root / "exports" / f"runs.{options.to}"
    rows = _rows(project)
    total = export_to_file(rows, path, form=options.to)
    print(f"{len(rows)} runs -> {path}, which now has {total}")
    return 0


def _rows(project: Project) -> list[dict[str, object]]:
    connection = open_store(project.root)
    try:
        return run_rows(connection)
    finally:
        connection.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness export-runs",
        description="Write every run of the store, one row per run id: an export can be repeated, and several add up.",
        epilog="example: harness export-runs --to csv --out runs.csv",
    )
    parser.add_argument("--to", required=True, choices=(*FORMATS, "mlflow"), help="format, or tracker")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="file of csv and parquet (default: exports/runs.FORMAT)"
    )
    parser.add_argument(
        "--experiment",
        metavar="NAME",
        default=EXPERIMENT,
        help=f"of MLflow (default: {EXPERIMENT}); the server is MLFLOW_TRACKING_URI (default: runs/mlflow.db)",
    )
    return parser
