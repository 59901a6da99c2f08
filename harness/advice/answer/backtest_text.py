"""The back-test in words and as a table of plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.advice.backtest import POLICIES, Backtest, Fold, Played
from harness.display.numbers import UNKNOWN, money, points


def backtest_text(found: Backtest) -> str:
    """Several lines."""
    return "\n".join(_lines(found))


def _lines(found: Backtest) -> Iterator[str]:
    yield f"Back-test of the advice for new domains, one source left out at a time (rules {found.rules})"
    if found.nothing:
        yield found.nothing
        return
    for fold in found.folds:
        yield ""
        yield f"{fold.domain} (source {fold.source}): {fold.recipes} recipes, best {fold.best}"
        for one in fold.played:
            yield f"  {one.policy:<12} {_choice(one)}"
    yield ""
    yield from counts(found.folds)
    yield "Regret is in points of the score that ranks. Few domains: counts, no p-values."


def _choice(one: Played) -> str:
    if one.regret is None:
        return f"no choice: {one.why}" if one.recipe is None else f"{one.recipe}: {one.why}"
    regret = f"regret {points(one.regret)}"
    if one.recipe is None:
        return f"{regret} on average"
    noise = "cannot be told from the best" if one.tied else "surely behind the best"
    cost = UNKNOWN if one.cost is None else money(one.cost)
    return f"{one.recipe}: {regret}, {noise}, cost {cost}"


def counts(folds: Sequence[Fold]) -> Iterator[str]:
    """How often the advice did at least as well as each other policy, where both chose."""
    chose = [fold for fold in folds if fold.played[0].regret is not None]
    yield f"The advice chose on {len(chose)} of {len(folds)} domains and abstained on {len(folds) - len(chose)}."
    if not chose:
        return
    tied = sum(bool(fold.played[0].tied) for fold in chose)
    yield f"Its choice cannot be told from the best on {tied} of {len(chose)}."
    for place, policy in enumerate(POLICIES[1:-1], start=1):
        pairs = [
            (fold.played[0].regret, fold.played[place].regret)
            for fold in chose
            if fold.played[place].regret is not None
        ]
        lower = sum(ours < theirs for ours, theirs in pairs if ours is not None and theirs is not None)
        equal = sum(ours == theirs for ours, theirs in pairs)
        yield f"Less regret than {policy} on {lower}, equal on {equal}, more on {len(pairs) - lower - equal}."
