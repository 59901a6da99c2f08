from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.texts.languages import language_mix, runs_right_to_left

ENGLISH = [
    "The invoice was not paid in time and the customer complains about it.",
    "Where is my parcel? It should have arrived three days ago.",
    "I cannot log in since you changed the password rules last week.",
]
SWEDISH = ["Jag har inte fått min faktura ännu, vad ska jag göra?"]


def test_the_shares_of_english_and_swedish_are_reported() -> None:
    mix = language_mix([*ENGLISH, *SWEDISH])
    assert [(one.code, one.share) for one in mix.languages] == [("en", 0.75), ("sv", 0.25)]
    assert all(one.confidence > 0.9 for one in mix.languages)
    assert (mix.judged, mix.other_share, mix.right_to_left) == (4, 0, 0)


def test_short_texts_are_not_judged() -> None:
    mix = language_mix(["ja", "no idea", "19 characters long."])
    assert (mix.judged, mix.languages, mix.other_share) == (0, (), 0)


def test_languages_below_five_percent_are_counted_together() -> None:
    mix = language_mix([*(ENGLISH * 7), *SWEDISH])
    assert [one.code for one in mix.languages] == ["en"]
    assert mix.other_share == pytest.approx(1 / 22)


def test_arabic_and_hebrew_run_from_right_to_left() -> None:
    texts = ["مرحبا بالعالم", "שלום עולם, invoice", "hello", "naïve café"]
    assert [runs_right_to_left(text) for text in texts] == [True, True, False, False]
    assert language_mix(texts).right_to_left == 0.5


@given(st.lists(st.text(max_size=40), max_size=6))
def test_shares_add_up_to_one_of_what_was_judged(texts: list[str]) -> None:
    mix = language_mix(texts)
    total = sum(one.share for one in mix.languages) + mix.other_share
    assert total == pytest.approx(1 if mix.judged else 0)
