"""Sentences that the rows bear out, generated for each domain: who leads, who cannot be told apart, what is beaten."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from harness.display.numbers import level, percent, points
from harness.evidence.holm import holm
from harness.evidence.resampling import Estimate, difference_interval
from harness.reports.board.ranking import Contender
from harness.reports.board.rows import Row
from harness.reports.board.settings import Settings

SMOKE = "Tiny models with random weights: these scores test the harness, not a method."


def findings(
    contenders: Sequence[Contender], settings: Settings, *, profiles: Sequence[str] = ()
) -> dict[str, list[str]]:
    """Domain -> sentences, plain text. `contenders` come in the order of the board, `profiles` are those of the runs.

    With the profile `smoke` among them nothing is said about what a method is worth.
    """
    smoke = "smoke" in profiles
    return {
        domain: [SMOKE] * smoke + _of_domain(list(rows), settings, smoke=smoke)
        for domain, rows in groupby(contenders, key=lambda contender: contender.row.domain)
    }


def _of_domain(contenders: list[Contender], settings: Settings, *, smoke: bool) -> list[str]:
    ranked = [contender for contender in contenders if contender.row.ranked]
    sentences = _leader([contender.row for contender in ranked], settings)
    sentences += _beaten_by_classical(ranked, settings, smoke=smoke)
    failed = [contender.row.recipe_id for contender in contenders if contender.row.failed_seeds]
    if failed:
        sentences.append(f"With failed runs: {', '.join(failed)}.")
    return sentences or ["No recipe has a score here."]


def _leader(ranked: list[Row], settings: Settings) -> list[str]:
    """`ranked` is sorted: the first leads."""
    if not ranked:
        return []
    best, *others = ranked
    assert best.score is not None  # what `ranked` means
    score = percent(best.score.value, best.score.low, best.score.high)
    sentences = [f"Highest score: {_name(best)} with {score} %{_one_seed(best)}."]
    compared = [row for row in others if row.rank and best.rank]
    close = [row.recipe_id for row in compared if row.rank and row.rank.first == 1]
    how = f"paired differences, Holm-corrected over all pairs, {level(settings.resampling.confidence)}"
    if close:
        sentences.append(f"Not separable from it ({how}): {', '.join(close)}.")
    elif compared:
        sentences.append(f"Every other ranked recipe is below it ({how}).")
    apart = [row.recipe_id for row in others if row not in compared]
    if apart:
        sentences.append(f"Not compared with it item by item: {', '.join(apart)}.")
    return sentences


def _beaten_by_classical(ranked: list[Contender], settings: Settings, *, smoke: bool) -> list[str]:
    """Fine-tunes of a pretrained model against the best recipe that uses none, such as TF-IDF; Holm over them."""
    classical = next((c for c in ranked if c.row.base_model is None), None)
    tuned = [c for c in ranked if c.row.base_model is not None and c.row.trainable_parameters]
    if classical is None:
        return []
    differences = [_difference(classical, contender, settings) for contender in tuned]
    adjusted = holm([difference.p_value if difference else None for difference in differences])
    beaten = []
    for contender, difference, p in zip(tuned, differences, adjusted, strict=True):
        if difference is None or p is None or difference.low is None:
            continue
        if difference.low > 0 and p < 1 - settings.resampling.confidence:
            by = points(difference.value, difference.low, difference.high)
            beaten.append(f"{contender.row.recipe_id} by {by}")
    if not beaten:
        return []
    fact = f"{_name(classical.row)} needs no pretrained model and beats, in points, {', '.join(beaten)}"
    which = "that fine-tune was" if len(beaten) == 1 else "those fine-tunes were"
    return [f"{fact}." if smoke else f"{fact}: by this score {which} not worth the money."]


def _difference(left: Contender, right: Contender, settings: Settings) -> Estimate | None:
    if left.items is None or right.items is None:
        return None
    return difference_interval(left.items, right.items, resampling=settings.resampling)


def _name(row: Row) -> str:
    return f"{row.title} ({row.recipe_id})"


def _one_seed(row: Row) -> str:
    trained = row.base_model is not None and row.trainable_parameters and len(row.seeds) == 1
    return " (one training seed: true of this checkpoint, not of the method)" if trained else ""
