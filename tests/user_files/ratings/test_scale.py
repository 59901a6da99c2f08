from typing import Any

import pytest

from harness.user_files.ratings.scale import (
    COMPARED,
    MINUS_PLUS,
    ONE_TO_FIVE,
    WORDS,
    ZERO_ONE,
    ZERO_TO_FOUR,
    Scale,
    scale_of,
)


@pytest.mark.parametrize(
    ("values", "scale", "good", "bad"),
    [
        ([True, False, None], WORDS, [True], [False]),
        (["true", "FALSE"], WORDS, ["true"], ["FALSE"]),
        (["good", "Bad", "neutral"], WORDS, ["good"], ["Bad"]),
        (["Thumbs Up", "thumbs-down"], WORDS, ["Thumbs Up"], ["thumbs-down"]),
        (["👍", "👎"], WORDS, ["👍"], ["👎"]),
        (["+", "-"], WORDS, ["+"], ["-"]),
        ([0, 1], ZERO_ONE, [1], [0]),
        (["0", "1"], ZERO_ONE, ["1"], ["0"]),
        ([0.0, 1.0], ZERO_ONE, [1.0], [0.0]),
        ([-1, 1], MINUS_PLUS, [1], [-1]),
        (["-1", "1"], MINUS_PLUS, ["1"], ["-1"]),
        ([1, 2, 3, 4, 5], ONE_TO_FIVE, [4, 5], [1, 2]),
        ([1.5, 5.0, 4.5], ONE_TO_FIVE, [5.0, 4.5], [1.5]),
        ([0, 2, 4], ZERO_TO_FOUR, [4, 3], [0, 1]),
    ],
)
def test_each_scale_is_known_by_its_values(values: list[Any], scale: Scale, good: list[Any], bad: list[Any]) -> None:
    assert scale_of(values) == scale
    assert {scale.verdict(value) for value in good} == {"good"}
    assert {scale.verdict(value) for value in bad} == {"bad"}


@pytest.mark.parametrize(("scale", "middle"), [(MINUS_PLUS, 0), (ONE_TO_FIVE, 3), (ZERO_TO_FOUR, 2), (WORDS, "mixed")])
def test_the_middle_of_a_scale_is_neutral(scale: Scale, middle: Any) -> None:
    assert scale.verdict(middle) == "neutral"


@pytest.mark.parametrize("values", [[1, 2, 3, 4], [1, 1], [0, 0], [0, 3], [0, 5], [1, 10], [0.2, 0.9], [-3, 3]])
def test_numbers_whose_scale_is_not_clear_are_only_compared(values: list[float]) -> None:
    assert scale_of(values) is COMPARED


def test_a_flag_needs_only_one_of_its_two_values() -> None:
    assert scale_of([0, 0], is_flag=True) is ZERO_ONE
    assert scale_of([1, 1], is_flag=True) is ZERO_ONE


@pytest.mark.parametrize("values", [["billing", "late"], ["good", "billing"], ["good", 3], [None, ""], [], ["neutral"]])
def test_what_is_no_rating_has_no_scale(values: list[Any]) -> None:
    assert scale_of(values) is None
