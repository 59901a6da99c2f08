"""The section "Tuning" of the board: what was tried for each recipe, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping

from harness.display.markdown_table import table
from harness.display.numbers import UNKNOWN, duration, percent
from harness.display.plain_text import markdown_cell
from harness.reports.board.rows import Leaderboard, Row
from harness.reports.sections.tuning import TrialCell, TuningInfo

HEADER = (
    "recipe",
    "tuned on",
    "base model",
    "validation items",
    "parameter",
    "value: validation score, %",
    "chosen",
    "trials",
    "time",
)


def with_tuning(row: Row, tuning: Mapping[str, TuningInfo]) -> Row:
    """The row with the number of trials behind its settings."""
    info = tuning.get(row.recipe_id)
    return row if info is None else row.model_copy(update={"trials": len(info.trials), "tuning_edge": info.edge})


def trials_text(row: Row) -> str:
    """`3`, `3, edge`; 0 for a recipe that is trained but was never tuned, an em dash where nothing is trained."""
    if row.trials is None:
        return UNKNOWN
    return f"{row.trials}, edge" if row.tuning_edge else str(row.trials)


def tuning_section(board: Leaderboard) -> list[str]:
    """Table and notes in Markdown; empty where no recipe was tuned."""
    if not board.tuning:
        return []
    parts = [
        "## Tuning",
        table(HEADER, (_cells(name, info) for name, info in board.tuning.items()), numeric=(3, 6, 7, 8)),
    ]
    untuned = sorted({row.recipe_id for row in board.rows if row.trials == 0})
    if untuned:
        names = markdown_cell(", ".join(untuned))
        parts.append(f"Trained without tuning: {names}. A recipe that was tuned may owe its lead over these to that.")
    return parts


def _cells(name: str, info: TuningInfo) -> list[str]:
    return [
        name,
        f"{info.domain}, {info.tuned_on}",
        info.base_model or UNKNOWN,
        str(info.items),
        info.parameter,
        f"{info.metric}: {'; '.join(map(_trial, info.trials))}",
        f"{info.chosen:g}" + (f" (edge: {info.edge})" if info.edge else ""),
        str(len(info.trials)),
        duration(info.seconds),
    ]


def _trial(trial: TrialCell) -> str:
    score = f"failed ({trial.reason})" if trial.validation_score is None else percent(trial.validation_score)
    return f"{trial.value:g}: {score}"
