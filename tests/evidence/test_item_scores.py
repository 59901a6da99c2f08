from __future__ import annotations

import numpy as np
import pytest

from harness.errors import DataError
from harness.evidence.item_scores import ItemScores, paired


def scores(items: str, correct: list[list[float]], *, groups: str = "", clusters: str = "") -> ItemScores:
    return ItemScores(
        items=tuple(items),
        clusters=tuple(clusters or items),
        groups=tuple(groups or "g" * len(items)),
        correct=np.array(correct, dtype=float),
    )


def test_the_mean_is_over_seeds_and_items() -> None:
    assert scores("abcd", [[1, 1, 0, 0], [1, 1, 1, 0]]).value == pytest.approx(5 / 8)


def test_balanced_accuracy_gives_a_rare_class_the_same_weight() -> None:
    # three of three right in class t, none of one in class f
    assert scores("abcd", [[1, 1, 1, 0]], groups="tttf").value == pytest.approx(0.5)


def test_pairing_puts_the_common_items_in_one_order() -> None:
    left, right = paired(scores("abc", [[1, 0, 1]]), scores("cbx", [[0, 1, 1]]))
    assert left.items == right.items == ("b", "c")
    assert left.correct.tolist() == [[0.0, 1.0]]
    assert right.correct.tolist() == [[1.0, 0.0]]


def test_runs_without_a_common_item_cannot_be_paired() -> None:
    with pytest.raises(DataError, match="without a common item"):
        paired(scores("ab", [[1, 0]]), scores("cd", [[1, 0]]))


def test_runs_on_other_data_cannot_be_paired() -> None:
    with pytest.raises(DataError, match="saw different data"):
        paired(scores("ab", [[1, 0]], groups="tf"), scores("ab", [[1, 0]], groups="ff"))


@pytest.mark.parametrize(
    ("items", "correct", "message"),
    [
        ("aa", [[1, 0]], "twice"),
        ("ab", [[1, 0, 1]], "for 2 items"),
        ("ab", [[1, float("nan")]], "not a number from 0 to 1"),
        ("ab", [[1, 2]], "not a number from 0 to 1"),
        ("", [[]], "no scores"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(items: str, correct: list[list[float]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        scores(items, correct)
