from __future__ import annotations

import numpy as np
import pytest

from harness.errors import DataError
from harness.evidence.mcnemar import McNemar, mcnemar
from tests.evidence.scores_factory import coin, table


def test_a_worked_example() -> None:
    # 1 against 5 discordant items: 2 x (C(6, 0) + C(6, 1)) / 2^6 = 14 / 64
    first = np.array([[1, 1, 1, 1, 0, 0, 0, 0, 0, 0.0]])
    second = np.array([[1, 1, 1, 0, 1, 1, 1, 1, 1, 0.0]])
    assert mcnemar(table(first), table(second)) == McNemar(3, 1, 5, 1, p_value=0.21875)


def test_equal_answers_are_no_evidence() -> None:
    same = table(coin((1, 30), 0.5))
    assert mcnemar(same, same).p_value == 1.0


def test_several_seeds_are_refused() -> None:
    with pytest.raises(DataError, match="one seed on each side"):
        mcnemar(table(coin((2, 30), 0.5)), table(coin((1, 30), 0.5)))


def test_grades_are_refused() -> None:
    with pytest.raises(DataError, match="not graded ones"):
        mcnemar(table(np.full((1, 5), 0.5)), table(coin((1, 5), 0.5)))
