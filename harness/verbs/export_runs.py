"""`harness export-runs`: write all runs of the store as CSV, Parquet or into an experiment tracker.

harness export-runs --to csv
harness export-runs --to parquet --out /tmp/runs.parquet
harness export-runs --to mlflow
harness export-runs --to wandb
harness export-runs --to trackio
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from harness.config.project import Project
from harness.errors import ConfigError
from harness.runtime.trackers import PROJECT
from harness.store.exports.files import FORMATS, export_to_file
from harness.store.exports.run_rows import run_rows
from harness.store.exports.trackers.contract import Tracker, export_to_tracker
from harness.store.exports.trackers.mlflow_runs import MlflowRuns, client, default_address
from harness.store.exports.trackers.trackio_runs import TrackioRuns
from harness.store.exports.trackers.wandb_runs import WandbRuns
from harness.store.parquet_views import open_store


def _mlflow(root: Path, experiment: str) -> tuple[str, Tracker]:
    address = os.environ.get("MLFLOW_TRACKING_URI") or default_address(root)
    return f"MLflow at {address}", MlflowRuns(client(address), experiment=experiment)


def _wandb(root: Path, experiment: str) -> tuple[str, Tracker]:
    folder = Path(os.environ.get("WANDB_DIR") or root / "runs")
    return f"Weights & Biases in {folder / 'wandb'}", WandbRuns(folder, project=experiment)


def _trackio(root: Path, experiment: str) -> tuple[str, Tracker]:
    return "Trackio", TrackioRuns(project=experiment)


TRACKERS: Mapping[str, Callable[[Path, str], tuple[str, Tracker]]] = {
    "mlflow": _mlflow,
    "wandb": _wandb,
    "trackio": _trackio,
}
"""Name -> what makes the tracker, of the project's folder and the experiment's name, and where it is, in words."""


def main(argv: Sequence[str]) -> int:
    """Export the runs; repeating it changes nothing."""
    options = _parser().parse_args(argv)
    project = Project.here()
    if options.to in TRACKERS:
        if options.out:
            hint = "leave it out; docs/choosing.md says which variable names the place"
            raise ConfigError("--out names a file, and a tracker has none", where="--out", hint=hint)
        place, tracker = TRACKERS[options.to](project.root, options.experiment)
        rows = _rows(project)
        told = ", ".join(f"{count} {what}" for what, count in export_to_tracker(rows, tracker).items())
        print(f"{len(rows)} runs -> {place}, {options.experiment}: {told}")
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
    parser.add_argument("--to", required=True, choices=(*FORMATS, *TRACKERS), help="format, or tracker")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="file of csv and parquet (default: exports/runs.FORMAT)"
    )
    parser.add_argument(
        "--experiment",
        metavar="NAME",
        default=PROJECT,
        help=f"experiment or project of the tracker (default: {PROJECT})",
    )
    return parser
