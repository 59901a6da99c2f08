"""The run's earlier score record and its samples, which the scoring is about to replace."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.records.run_record import ScoreRecord, SuiteScore, read_record
from harness.scoring.contract import Sample

Place = tuple[str, str]
"""Suite and domain."""

NO_COMMIT = "an earlier scoring outside git"


@dataclass(frozen=True)
class Previous:
    """What an earlier scoring left behind."""

    record: ScoreRecord | None = None
    suites: Mapping[Place, SuiteScore] = field(default_factory=dict)
    samples: Mapping[Place, list[Sample]] = field(default_factory=dict)

    @property
    def commit(self) -> str:
        """The commit at which the earlier scoring ran."""
        traced = self.record.provenance if self.record else None
        return (traced.commit if traced else None) or NO_COMMIT


def read_previous(folder: Path) -> Previous:
    """The record and the samples in a score folder; nothing if they are missing or cannot be read.

    A record that cannot be read is no error here: it is about to be replaced, and every suite is asked.
    """
    import pyarrow as pa

    try:
        record = read_record(ScoreRecord, folder / "scores.json")
        samples = _samples(folder / "samples.parquet")
    except (DataError, OSError, KeyError, TypeError, pa.ArrowException):
        return Previous()
    return Previous(record, {(suite.suite, suite.domain): suite for suite in record.suites}, samples)


def _samples(path: Path) -> dict[Place, list[Sample]]:
    import pyarrow.parquet as pq

    names = [field.name for field in dataclasses.fields(Sample)]
    found: dict[Place, list[Sample]] = {}
    for row in pq.ParquetFile(path).read().to_pylist():
        values: dict[str, Any] = {name: row[name] for name in names}
        if values["loglikelihoods"] is not None:
            values["loglikelihoods"] = tuple(values["loglikelihoods"])
        found.setdefault((row["suite"], row["domain"]), []).append(Sample(**values))
    return found
