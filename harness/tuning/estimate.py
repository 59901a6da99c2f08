"""Estimate what a search would try and how long it would take, from earlier measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.config.project import Project, RunKey
from harness.display.numbers import duration
from harness.pipeline.history import training_estimate
from harness.tuning.search import Search


@dataclass(frozen=True)
class Outlook:
    """What one search would do."""

    recipe_id: str
    parameter: str
    values: tuple[str, ...]
    """As they are printed: `0.001`, or `0.001 (done)`."""
    to_do: int
    """Trials that are not done yet."""
    seconds: float | None
    """For the trials that are not done yet; None if nothing like them was measured."""
    scoring_included: bool = True
    """False: `seconds` is the training time on the board, without scoring, because the board scores with all suites."""


def outlook(project: Project, search: Search) -> Outlook:
    """Estimate from earlier trials of the recipe if there are any, else from its training time on the board."""
    finished = [job.finished() for job in search.jobs]
    took = [trial.tried.seconds for trial in finished if trial and not trial.tried.failed]
    each = sum(took) / len(took) if took else _from_board(project, search)
    to_do = sum(trial is None for trial in finished)
    return Outlook(
        recipe_id=search.recipe.id,
        parameter=search.grid.parameter,
        values=tuple(
            f"{value:g} (done)" if trial else f"{value:g}"
            for value, trial in zip(search.grid.values, finished, strict=True)
        ),
        to_do=to_do,
        seconds=0.0 if not to_do else None if each is None else each * to_do,
        scoring_included=bool(took) or not to_do,
    )


def _from_board(project: Project, search: Search) -> float | None:
    key = RunKey(search.recipe.family, search.recipe.name, (search.domain,), search.seed)
    estimate = training_estimate(project, key)
    return estimate.seconds if estimate else None


def plan_lines(found: Sequence[Outlook]) -> list[str]:
    """One line per search, and a line with the sum."""
    lines = []
    for one in found:
        time = "never measured" if one.seconds is None else f"about {duration(one.seconds)}" if one.to_do else "nothing"
        scoring = "" if one.scoring_included or one.seconds is None else " and the scoring of validation items"
        lines.append(f"{one.recipe_id}: {one.parameter} {', '.join(one.values)}: {one.to_do} to do, {time}{scoring}")
    trials, measured = sum(one.to_do for one in found), [one.seconds for one in found if one.seconds is not None]
    unknown = len(found) - len(measured)
    parts = [f"about {duration(sum(measured))}"] if sum(measured) else []
    parts += [f"{unknown} recipe{'s' if unknown > 1 else ''} never measured"] if unknown else []
    return [*lines, ", ".join([f"{trials} trials to do", *parts])]
