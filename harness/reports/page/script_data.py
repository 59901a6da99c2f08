"""What the page's script reads: the figures of the pictures, and the samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.page.samples import Samples
from harness.reports.sections.picture.measures import COST, MEMORY, SCORE, Measure, measures
from harness.reports.sections.picture.scatter import short_names


def script_data(
    by_domain: Mapping[str, Sequence[Row]], board: Leaderboard, samples: Mapping[str, Samples]
) -> dict[str, Any]:
    """One entry per domain, in the order of the page."""
    return {"boards": [_board(domain, rows, board, samples.get(domain)) for domain, rows in by_domain.items()]}


def _board(domain: str, rows: Sequence[Row], board: Leaderboard, samples: Samples | None) -> dict[str, Any]:
    known = measures(rows, board.protocol)
    names = [row.row_id for row in rows]
    return {
        "domain": domain,
        "start": [next((key for key in (MEMORY, COST) if key in known), ""), SCORE],
        "rows": [
            {"id": row.row_id, "short": short, "title": row.title, "tie": bool(row.rank and row.rank.may_be_best)}
            for row, short in zip(rows, short_names(names), strict=True)
        ],
        "measures": [_measure(measure) for measure in known.values()],
        "samples": samples.packed() if samples and samples.items else None,
    }


def _measure(measure: Measure) -> dict[str, Any]:
    readings = [
        None
        if reading is None
        else [_short(reading.value), _short(reading.low), _short(reading.high), int(reading.compares)]
        for reading in measure.readings
    ]
    return {
        "key": measure.key,
        "label": measure.label,
        "unit": measure.unit,
        "better": measure.better,
        "values": readings,
    }


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
