"""The advice in words, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.advice.answer.experiment import Experiment
from harness.advice.contract import Advice, Basis, Line
from harness.display.numbers import duration, megabytes, money, percent, points

MOST_TIED = 8
"""Most tied recipes that are named; --json has all."""
MOST_EXCLUDED = 8
TIED: Mapping[Basis, str] = {
    "own rows": "Not told apart from the best",
    "other domains": "Expected to be about as good as the best",
    "nothing": "Tied",
}


def advice_text(advice: Advice) -> str:
    """Several lines of plain text."""
    return "\n".join(_lines(advice))


def _lines(advice: Advice) -> Iterator[str]:
    basis = {
        "own rows": f"from the rows of {advice.domain} itself",
        "other domains": "from rows of other domains; scores are expected gains over the reference, in points",
        "nothing": "without any row",
    }[advice.basis]
    yield f"Advice for {advice.domain}, {basis} (rules {advice.rules})"
    yield ""
    if advice.choice:
        yield f"Choice:     {_recipe(advice, advice.choice)}"
        yield f"            {advice.because}."
        if advice.runner_up:
            yield f"Runner-up:  {_recipe(advice, advice.runner_up)}"
    else:
        yield f"No choice:  {advice.abstained}."
    others = [name for name in advice.tied if name != advice.choice]
    if others and advice.choice:
        yield f"{TIED[advice.basis]}: {_named(others, MOST_TIED)}"
    yield from _excluded(advice.lines)
    for likeness in advice.similarity:
        yield (
            f"Similarity to {likeness.domain}: {likeness.similarity:.2f} (task {'same' if likeness.task else 'other'}, "
            f"labels {likeness.labels:.2f}, items {likeness.items:.2f}, length {likeness.words:.2f})"
        )
    for flip in advice.flips:
        yield f"Would flip: {flip}"
    if advice.experiment:
        yield from _experiment(advice.experiment, advice.currency)
    for note in advice.notes:
        yield f"Note: {note}"


def _recipe(advice: Advice, recipe: str) -> str:
    """`LoRA (peft/lora): 73.0 [64.0, 81.3] % accuracy, 0.0064 USD, 4.72 GB, seeds 0`."""
    line = advice.line_of(recipe)
    own = advice.basis == "own rows"
    value = percent(line.score, line.low, line.high) if own else points(line.score, line.low, line.high)
    score = f"{value} % {advice.metric}" if own else f"{value} points over the reference"
    figures = [
        score,
        _cost(line, advice.currency),
        megabytes(line.memory_mb) if line.memory_mb is not None else "memory not comparable",
        f"seed{'s' if len(line.seeds) > 1 else ''} {', '.join(map(str, line.seeds))}",
        *(["stale"] if line.stale else []),
    ]
    return f"{line.title} ({line.recipe}): {', '.join(figures)}"


def _cost(line: Line, currency: str) -> str:
    """`0.0064 USD`, `5.30 USD (2.65 to 10.60)` where it was scaled."""
    if line.cost is None:
        return "cost not comparable"
    factor = line.cost_factor
    reach = f" ({money(line.cost / factor)} to {money(line.cost * factor)})" if factor > 1 else ""
    return f"{money(line.cost)} {currency}{reach}"


def _excluded(lines: Sequence[Line]) -> Iterator[str]:
    broken = [line for line in lines if line.reasons]
    for line in broken[:MOST_EXCLUDED]:
        yield f"Out: {line.recipe}: {'; '.join(line.reasons)}"
    if len(broken) > MOST_EXCLUDED:
        yield f"Out: {len(broken) - MOST_EXCLUDED} more; --json names them"


def _experiment(experiment: Experiment, currency: str) -> Iterator[str]:
    costs = [
        *([f"about {money(experiment.usd)} {currency}"] if experiment.usd is not None else []),
        *([f"about {duration(experiment.seconds)}"] if experiment.seconds is not None else []),
    ]
    told = f" ({', '.join(costs)})" if costs else ""
    yield f"Cheapest experiment that would decide{told}: {experiment.why}"
    for command in experiment.commands:
        yield f"  {command}"


def _named(names: Sequence[str], most: int) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
