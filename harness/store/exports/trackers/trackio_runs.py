"""Runs into Trackio, a local database that `trackio show` displays."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from harness.store.exports.run_rows import ID, Row
from harness.store.exports.trackers.contract import CONTENT, installed, labels_of, metrics_of, parameters_of


class TrackioRuns:
    """A project of Trackio; TRACKIO_DIR says where its database lies.

    Raises:
        ConfigError: Trackio is not installed.
    """

    def __init__(self, *, project: str) -> None:
        self._trackio: Any = installed("trackio", called="Trackio")
        self._project = project

    def known(self) -> dict[str, str]:
        """Run id -> hash, of the runs that carry one."""
        configs = {run.name: run.config or {} for run in self._runs()}
        return {name: str(config[CONTENT]) for name, config in configs.items() if CONTENT in config}

    def remove(self, run_id: str) -> None:
        """Delete the run from the database."""
        for run in self._runs():
            if run.name == run_id:
                run.delete()

    def write(self, row: Row, *, content: str) -> None:
        """Log one step with all metrics."""
        with redirect_stdout(StringIO()):  # it tells of each run, and how to look at it
            self._trackio.init(
                project=self._project,
                name=str(row[ID]),
                group=str(row.get("family") or ""),
                config={CONTENT: content, "status": str(row.get("status"))} | labels_of(row) | parameters_of(row),
                embed=False,
                auto_log_gpu=False,
                auto_log_cpu=False,
            )
            self._trackio.log(metrics_of(row))
            self._trackio.finish()

    def _runs(self) -> list[Any]:
        try:
            return list(self._trackio.Api().runs(self._project))
        except ValueError as error:
            if "does not exist" not in str(error):
                raise
            return []  # Trackio makes a project with its first run
