"""Step 8 of the board: sentences that the rows support. Who leads, who cannot be told apart, what a baseline beats."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from harness.display.numbers import level, percent, points
from harness.reports.board.board import DomainBoard
from harness.reports.board.rows.own_budget import own_budget
from harness.reports.board.settings import Settings
from harness.reports.contract.rows import Row

SMOKE = "Tiny models with random weights: these scores test the harness and say nothing about any method."


def findings(
    boards: Sequence[DomainBoard], settings: Settings, *, profiles: Sequence[str] = ()
) -> dict[str, list[str]]:
    """Domain -> sentences in plain text. `profiles`: those of the runs.

    With the profile `smoke` among them, no sentence judges a method.
    """
    smoke = "smoke" in profiles
    return {board.domain: [SMOKE] * smoke + _of_domain(board, settings, smoke=smoke) for board in boards}


def _of_domain(board: DomainBoard, settings: Settings, *, smoke: bool) -> list[str]:
    sentences = _leader([row for row in board.rows if row.ranked], settings)
    sentences += _beaten_by_baselines(board, smoke=smoke)
    failed = [row.row_id for row in board.rows if row.failed_seeds]
    if failed:
        sentences.append(f"With failed runs: {', '.join(failed)}.")
    return sentences or ["No recipe has a score on this domain."]


def _leader(ranked: list[Row], settings: Settings) -> list[str]:
    """`ranked` comes by falling score: the first row leads."""
    if not ranked:
        return []
    best, *others = ranked
    assert best.score is not None  # what `ranked` means
    score = percent(best.score.value, best.score.low, best.score.high)
    sentences = [f"Highest score: {_title(best)} with {score} %.{_one_seed(best)}"]
    compared = [row for row in others if row.rank and best.rank]
    close = [_flagged(row) for row in compared if row.rank and row.rank.may_be_best]
    chance = f"with these items and seeds ({level(settings.resampling.confidence)} confidence)"
    if close:
        which = f"{len(close)} other rows" if len(close) > 1 else "One other row"
        sentences.append(f"{which} cannot be told from the best {chance}: {', '.join(close)}.")
    elif compared:
        sentences.append(f"It is the best: every other ranked row scores lower {chance}.")
    apart = [row.row_id for row in others if row not in compared]
    if apart:
        sentences.append(f"Not compared with it item by item: {', '.join(apart)}.")
    return sentences


def _beaten_by_baselines(board: DomainBoard, *, smoke: bool) -> list[str]:
    """One sentence or two for each baseline that beats fine-tuned models."""
    sentences = []
    for place, found in groupby(board.leads, key=lambda lead: lead.baseline):
        leads = list(found)
        beaten = [
            f"{board.rows[lead.beaten].row_id} by "
            f"{points(lead.difference.value, lead.difference.low, lead.difference.high)}"
            for lead in leads
        ]
        one = len(beaten) == 1
        which = "This fine-tune" if one else "These fine-tunes"
        compared = [board.rows[place], *(board.rows[lead.beaten] for lead in leads)]
        priced = all(row.time_compares for row in compared)  # else nothing is said about money
        verdict = f", and by this score {'was' if one else 'were'} not worth the money"
        judgement = verdict if priced and not smoke else ""
        sentences.append(
            f"{_title(board.rows[place])} fine-tunes no model and beats, in points, {', '.join(beaten)}. "
            f"{which} learnt the same task from as many training examples{judgement}."
        )
    return sentences


def _title(row: Row) -> str:
    return f"{row.title} ({_flagged(row)})"


def _flagged(row: Row) -> str:
    """`lowresource/fewshot_lora [own budget: 64 examples, 5 passes]`; the id alone with the board's budget."""
    return f"{row.row_id} [own budget{own_budget(row)}]" if row.budget_overridden else row.row_id


def _one_seed(row: Row) -> str:
    trained = row.base_model is not None and row.trainable_parameters and len(row.seeds) == 1
    models = "one trained model per fold" if row.folds else "one trained model"
    return f" It was trained with one seed: this describes {models}, not the method." if trained else ""
