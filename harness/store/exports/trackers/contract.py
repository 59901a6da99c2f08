"""What every tracker does: tell which runs it has, and take one."""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from types import ModuleType
from typing import Protocol

from harness.errors import ConfigError
from harness.measure.provenance import stable_hash
from harness.store.exports.run_rows import ID, Row

CONTENT = "harness.content"
"""Name under which a tracker keeps the hash of what was exported."""
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
"""Columns that become parameters, by which a tracker's table is filtered."""


class Tracker(Protocol):
    """A project or experiment of a tracker."""

    def known(self) -> Mapping[str, str]:
        """Run id -> hash of what was exported, of every run that an export wrote."""
        ...

    def remove(self, run_id: str) -> None:
        """Take a known run away, before it is written anew."""
        ...

    def write(self, row: Row, *, content: str) -> None:
        """Log one run, with its hash."""
        ...


def export_to_tracker(rows: list[Row], tracker: Tracker) -> dict[str, int]:
    """Log the runs that are new or have changed; how many were `added`, `replaced` and `kept`."""
    known = tracker.known()
    counts = {"added": 0, "replaced": 0, "kept": 0}
    for row in rows:
        run_id, content = str(row[ID]), stable_hash({name: repr(value) for name, value in sorted(row.items())})
        if known.get(run_id) == content:
            counts["kept"] += 1
            continue
        if run_id in known:
            tracker.remove(run_id)
        tracker.write(row, content=content)
        counts["replaced" if run_id in known else "added"] += 1
    return counts


def parameters_of(row: Row) -> dict[str, str]:
    """What a run was made with, as text."""
    return {name: str(row[name]) for name in PARAMETERS if row.get(name) is not None}


def labels_of(row: Row) -> dict[str, str]:
    """What its figures rest on: protocol hashes, commit, and whether the row is stale."""
    return {
        name: str(value)
        for name, value in row.items()
        if (name.startswith("protocol:") or name in ("commit", "stale")) and value is not None
    }


def metrics_of(row: Row) -> dict[str, float]:
    """Every finite number of the row; `metric:SUITE:DOMAIN:NAME` becomes `SUITE/DOMAIN/NAME`, which trackers group."""
    return {
        name.removeprefix("metric:").replace(":", "/"): float(value)
        for name, value in row.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and name != "seed" and math.isfinite(value)
    }


def has_failed(row: Row) -> bool:
    """Whether the run ended without a result."""
    return bool(row.get("status") == "failed")


def installed(module: str, *, called: str) -> ModuleType:
    """The module of a tracker.

    Raises:
        ConfigError: it is not installed.
    """
    package = module.split(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != package:
            raise
        raise ConfigError(
            f"{called} is not installed", where=f"--to {package}", hint=f"pip install {package}"
        ) from None
