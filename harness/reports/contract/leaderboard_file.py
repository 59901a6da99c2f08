"""Read and write `reports/leaderboard.json` and the compact `reports/metrics.json`."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from harness.errors import DataError
from harness.reports.contract.leaderboard import Leaderboard

NAME = "leaderboard.json"


def board_json(board: Leaderboard) -> str:
    """Stable text of the whole board."""
    content = board.model_dump(mode="json", by_alias=True)
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_board_file(reports: Path) -> Leaderboard:
    """The board that was last written.

    Raises:
        DataError: there is no board, or another version wrote it.
    """
    path = reports / NAME
    try:
        return Leaderboard.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise DataError("there is no board yet", where=str(path), hint="run `dvc repro`") from None
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(map(str, problem["loc"])) or "the file"
        raise DataError(
            f"not a board that this version can read: {key}: {problem['msg']}",
            where=str(path),
            hint="run `harness report` to write it anew",
        ) from None


def metrics_json(board: Leaderboard) -> str:
    """`{domain: {row: {"score", "delta"}}}`, and "failed_seeds" where seeds failed; `row` is the row's id.

    Few figures, few digits: `dvc metrics show` and `dvc exp show` make a column of each. leaderboard.json has them all.
    Rows of another protocol are left out: their scores would differ because of the protocol, not the recipe.
    """
    metrics: dict[str, dict[str, dict[str, float]]] = {}
    for row in board.rows:
        if not row.comparable:
            continue
        figures = {
            "score": _short(row.score.value) if row.score else None,
            "delta": _short(row.delta.value) if row.delta else None,
            "failed_seeds": len(row.failed_seeds) or None,
        }
        known = {name: value for name, value in figures.items() if value is not None}
        metrics.setdefault(row.domain, {})[row.row_id] = known
    ordered = {domain: dict(sorted(rows.items())) for domain, rows in sorted(metrics.items())}
    return json.dumps(ordered, indent=2, allow_nan=False) + "\n"


def _short(value: float) -> float:
    return round(value, 3) + 0.0  # + 0.0: no "-0.0"
