from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.config.tuned import Tried
from harness.tuning.choice import best_of


def trials(*scores: float | None) -> list[Tried]:
    return [
        Tried(value=i, validation_score=score, failed="diverged" if score is None else None, seconds=1)
        for i, score in enumerate(scores)
    ]


def chosen(*scores: float | None) -> float | None:
    best = best_of(trials(*scores))
    return best.value if best else None


def test_the_highest_score_is_chosen() -> None:
    assert chosen(0.1, 0.2, 0.3) == 2


def test_of_equal_scores_the_middle_of_the_grid_is_chosen() -> None:
    assert chosen(0.3, 0.3, 0.3) == 1
    assert chosen(0.3, 0.3, 0.1) == 1


def test_of_equal_scores_at_the_same_distance_from_the_middle_the_first_is_chosen() -> None:
    assert chosen(0.3, 0.1, 0.3) == 0


def test_a_failed_trial_is_never_chosen() -> None:
    assert chosen(0.1, None, 0.0) == 0
    assert chosen(None, None, None) is None


@given(st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=7))
def test_no_trial_scores_higher_than_the_chosen_one(scores: list[float | None]) -> None:
    best = best_of(trials(*scores))
    known = [score for score in scores if score is not None]
    assert (best.validation_score if best else None) == max(known, default=None)
