"""The section "Tuning" of the board: which values were tried for each recipe, and how they scored."""

from __future__ import annotations

from harness.display.markdown_table import table
from harness.display.numbers import UNKNOWN, duration, percent
from harness.display.plain_text import markdown_cell
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.sections.tuning import TrialCell, TuningInfo

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


def tuning_section(board: Leaderboard) -> list[str]:
    """Table and notes in Markdown; empty where no recipe was tuned."""
    if not board.tuning:
        return []
    parts = [
        "## Tuning",
        table(HEADER, (_cells(name, info) for name, info in board.tuning.items()), numeric=(3, 6, 7, 8)),
    ]
    parts.append("Recipes may have been tuned on different machines: the column *time* is no comparison between them.")
    untuned = sorted({row.recipe_id for row in board.rows if row.trials == 0})
    if untuned:
        names = markdown_cell(", ".join(untuned))
        parts.append(
            f"Trained without tuning: {names}. Where a tuned recipe leads one of these, tuning may be the reason."
        )
    return [*parts, *_tuned_elsewhere(board)]


def _tuned_elsewhere(board: Leaderboard) -> list[str]:
    """A warning for each base model that settings were taken over from."""
    bases: dict[str, set[str]] = {}
    for row in board.rows:
        if row.tuned_on:
            bases.setdefault(row.tuned_on, set()).add(row.recipe_id)
    return [
        f"Not tuned on the base model of their rows: {markdown_cell(', '.join(sorted(recipes)))} (tuned on "
        f"{markdown_cell(base)}). The best learning rate of another base model may differ; `harness tune` finds it."
        for base, recipes in sorted(bases.items())
    ]


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
