"""Which of the values that were tried is taken."""

from __future__ import annotations

from collections.abc import Sequence

from harness.config.tuned import Tried


def best_of(trials: Sequence[Tried]) -> Tried | None:
    """The highest validation score; of equals the nearest to the middle of the grid, then the lower one.

    Null where every trial failed. `trials` stand in the order of the grid.
    """
    middle = (len(trials) - 1) / 2
    scored = [(trial.validation_score, -abs(i - middle), -i) for i, trial in enumerate(trials)]
    known = [entry for entry in scored if entry[0] is not None]
    return trials[-max(known)[2]] if known else None
