"""Choose one of the values that were tried."""

from __future__ import annotations

from collections.abc import Sequence

from harness.config.tuned import Tried


def best_of(trials: Sequence[Tried]) -> Tried | None:
    """The trial with the highest validation score; None if every trial failed.

    Of equal scores, the value nearest to the middle of the grid wins, then the one that comes first in the grid.
    `trials` are in the order of the grid. More is better for every metric by which a suite ranks
    (`MetricSpec.cannot_rank`).
    """
    middle = (len(trials) - 1) / 2
    scored = [(trial.validation_score, -abs(i - middle), -i) for i, trial in enumerate(trials)]
    known = [entry for entry in scored if entry[0] is not None]
    return trials[-max(known)[2]] if known else None
