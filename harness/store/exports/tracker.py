"""Runs into MLflow, by its client: each becomes an MLflow run with a tag, so that exporting twice adds nothing."""

from __future__ import annotations

import importlib
import math
from pathlib import Path
from typing import Any

from harness.errors import ConfigError
from harness.measure.provenance import stable_hash
from harness.store.exports.run_rows import ID, Row

INSTALL = "pip install mlflow"
TAG, CONTENT = "harness.run_id", "harness.content"
PARAMETERS = (
    "family",
    "recipe",
    "domains",
    "seed",
    "base_model",
    "profile",
    "budget",
    "precision",
    "device",
    "parents",
)
"""Columns that become parameters, by which MLflow's table is filtered."""
LONGEST = 6000
"""Most characters of a parameter that MLflow takes."""


def client(address: str) -> Any:
    """A client of the tracking server or database; `sqlite:///mlflow.db` needs no server.

    Raises:
        ConfigError: MLflow is not installed.
    """
    try:
        tracking = importlib.import_module("mlflow.tracking")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "mlflow":
            raise
        raise ConfigError("MLflow is not installed", where="--to mlflow", hint=INSTALL) from None
    return tracking.MlflowClient(tracking_uri=address)


def default_address(root: Path) -> str:
    """A database beside the other reports, which git ignores."""
    return f"sqlite:///{root / 'runs' / 'mlflow.db'}"


def export_to_mlflow(rows: list[Row], tracker: Any, *, experiment: str) -> dict[str, int]:
    """Log the runs that are new or have changed; how many were `added`, `replaced` and `kept`."""
    found = tracker.get_experiment_by_name(experiment)
    experiment_id = found.experiment_id if found else tracker.create_experiment(experiment)
    known = _known(tracker, experiment_id)
    counts = {"added": 0, "replaced": 0, "kept": 0}
    for row in rows:
        run_id, content = str(row[ID]), stable_hash(_plain(row))
        older = known.get(run_id)
        if older and older[1] == content:
            counts["kept"] += 1
            continue
        if older:
            tracker.delete_run(older[0])
        _log(tracker, experiment_id, row, content=content)
        counts["replaced" if older else "added"] += 1
    return counts


def _known(tracker: Any, experiment_id: str) -> dict[str, tuple[str, str]]:
    """Our run id -> MLflow's run id and the hash of what was logged."""
    found: dict[str, tuple[str, str]] = {}
    token = None
    while True:
        page = tracker.search_runs([experiment_id], page_token=token)
        for run in page:
            if TAG in run.data.tags:
                found[run.data.tags[TAG]] = (run.info.run_id, run.data.tags.get(CONTENT, ""))
        token = page.token
        if not token:
            return found


def _log(tracker: Any, experiment_id: str, row: Row, *, content: str) -> None:
    run_id = str(row[ID])
    tags = {TAG: run_id, CONTENT: content} | {
        name: str(value)
        for name, value in row.items()
        if name.startswith("protocol:") or name in ("commit", "stale")
        if value is not None
    }
    run = tracker.create_run(experiment_id, run_name=run_id, tags=tags)
    own = run.info.run_id
    for name in PARAMETERS:
        if row.get(name) is not None:
            tracker.log_param(own, name, str(row[name])[:LONGEST])
    for name, value in row.items():
        if isinstance(value, int | float) and not isinstance(value, bool) and name != "seed" and math.isfinite(value):
            tracker.log_metric(own, name.removeprefix("metric:").replace(":", "/"), float(value))
    tracker.set_terminated(own, status="FAILED" if row.get("status") == "failed" else "FINISHED")


def _plain(row: Row) -> dict[str, str]:
    return {name: repr(value) for name, value in sorted(row.items())}
