"""A race in words, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.advice.race.race import Outcome
from harness.advice.race.rungs import Result
from harness.display.numbers import duration, percent, whole_percent


def result_line(result: Result, before: bool) -> str:
    """`peft/lora with 128 examples: 61.5 % (in 1 min 10 s)`."""
    found = f"failed: {result.failed}" if result.value is None else f"{percent(result.value)} %"
    when = "done before" if before else f"in {duration(result.seconds)}"
    return f"{result.recipe_id} with {result.examples} examples: {found} ({when})"


def outcome_text(outcome: Outcome, *, domain: str, budget: float, left_out: Mapping[str, str]) -> str:
    """Several lines."""
    return "\n".join(_lines(outcome, domain, budget, left_out))


def _lines(outcome: Outcome, domain: str, budget: float, left_out: Mapping[str, str]) -> Iterator[str]:
    for recipe, why in left_out.items():
        yield f"Did not start: {recipe}: {why}"
    for recipe, why in outcome.dropped.items():
        yield f"Dropped: {recipe}: {why}"
    score = f"{percent(outcome.value)} % of the validation items"
    yield f"Choice: {outcome.choice} with {score}, {outcome.examples} examples"
    if outcome.chance is not None:
        yield f"  It is ahead in {whole_percent(outcome.chance)} of the resamples of the last stage."
    others = [name for name in outcome.tied if name != outcome.choice]
    if others:
        yield f"  Not told apart from it: {', '.join(others)}"
        quickest = min(outcome.tied, key=lambda name: _seconds(outcome, name))
        yield f"  The quickest of them is {quickest} ({duration(_seconds(outcome, quickest))} with these examples)."
    if not outcome.complete and others:
        yield "  The budget ended the race before the last stage: with more examples the order may change."
    yield f"Spent: {duration(outcome.spent)} of {duration(budget)}, in {len(outcome.results)} trainings"
    yield f"Next: harness repro {outcome.choice} --domain {domain}"


def _seconds(outcome: Outcome, recipe: str) -> float:
    """What the recipe took in the last stage that it ran."""
    return next(one.seconds for one in reversed(outcome.results) if one.recipe_id == recipe)
