"""Read and write `reports/leaderboard.json` and the compact `reports/metrics.json`."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from harness.errors import DataError
from harness.reports.board.rows import Leaderboard

NAME = "leaderboard.json"


def board_json(board: Leaderboard) -> str:
    """Stable text of the whole board."""
    content = board.model_dump(mode="json", by_alias=True)
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_board_file(reports: Path) -> Leaderboard:
    """The board as it was last written.

    Raises:
        DataError: there is none, or it is of another version.
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
            f"is not a board that this version can read: {key}: {problem['msg']}",
            where=str(path),
            hint="run `harness report` to write it anew",
        ) from None


def metrics_json(board: Leaderboard) -> str:
    """`{domain: {family/recipe: {"score", "delta"}}}`, and "failed_seeds" where there are any.

    Few and short: `dvc metrics show` and `dvc exp show` make a column of each figure; leaderboard.json has all.
    Rows of another protocol are left out: a difference between two of them is none of the recipe's.
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
        metrics.setdefault(row.domain, {})[row.recipe_id] = known
    ordered = {domain: dict(sorted(recipes.items())) for domain, recipes in sorted(metrics.items())}
    return json.dumps(ordered, indent=2, allow_nan=False) + "\n"


def _short(value: float) -> float:
    return round(value, 3) + 0.0  # + 0.0: no "-0.0"
