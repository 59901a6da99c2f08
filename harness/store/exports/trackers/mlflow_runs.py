"""Runs into MLflow, by its client. A tag names each, so that exporting twice adds nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.store.exports.run_rows import ID, Row
from harness.store.exports.trackers.contract import (
    CONTENT,
    has_failed,
    installed,
    labels_of,
    metrics_of,
    parameters_of,
)

TAG = "harness.run_id"
LONGEST = 6000
"""Most characters of a parameter that MLflow takes."""


def client(address: str) -> Any:
    """A client of the tracking server or database; `sqlite:///mlflow.db` needs no server.

    Raises:
        ConfigError: MLflow is not installed.
    """
    return installed("mlflow.tracking", called="MLflow").MlflowClient(tracking_uri=address)


def default_address(root: Path) -> str:
    """A database beside the other reports, which git ignores."""
    return f"sqlite:///{root / 'runs' / 'mlflow.db'}"


class MlflowRuns:
    """An experiment of MLflow; `tracker` is its client."""

    def __init__(self, tracker: Any, *, experiment: str) -> None:
        self._client = tracker
        found = tracker.get_experiment_by_name(experiment)
        self._experiment = found.experiment_id if found else tracker.create_experiment(experiment)
        self._own: dict[str, str] = {}
        """Our run id -> MLflow's."""

    def known(self) -> dict[str, str]:
        """Run id -> hash of what was logged."""
        contents: dict[str, str] = {}
        token = None
        while True:
            page = self._client.search_runs([self._experiment], page_token=token)
            for run in page:
                tags = run.data.tags
                if TAG in tags:
                    self._own[tags[TAG]] = run.info.run_id
                    contents[tags[TAG]] = tags.get(CONTENT, "")
            token = page.token
            if not token:
                return contents

    def remove(self, run_id: str) -> None:
        """Delete the run; MLflow keeps deleted runs out of its tables."""
        self._client.delete_run(self._own.pop(run_id))

    def write(self, row: Row, *, content: str) -> None:
        """Create a run with tags, parameters and metrics, and end it."""
        run_id = str(row[ID])
        tags = {TAG: run_id, CONTENT: content} | labels_of(row)
        own = self._client.create_run(self._experiment, run_name=run_id, tags=tags).info.run_id
        for name, value in parameters_of(row).items():
            self._client.log_param(own, name, value[:LONGEST])
        for metric, number in metrics_of(row).items():
            self._client.log_metric(own, metric, number)
        self._client.set_terminated(own, status="FAILED" if has_failed(row) else "FINISHED")
        self._own[run_id] = own
