from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.scoring.detectors.degenerate import degenerate, repeated_share

pieces = st.text("abcdefgh \u4f60\u597d", min_size=1, max_size=12).filter(lambda piece: piece.strip() != "")


@pytest.mark.parametrize(
    "text",
    [
        "the the the the the the",
        "I am a little bit of a little bit of a little bit of a little bit of a",
        "We sell shoes. We sell shoes.\nWE SELL SHOES. We sell shoes. We sell shoes.",
        "aaaaaaaaaaaaaaaa",
        "hahahahahahahahaha",
        "leadsleadsleads",
        "Sure! LeadsLeadsLeadsLe",
        "leadsleadsleads walletwalletwallet",
        "\u6211\u4e0d\u77e5\u9053" * 5,
        "Sure: " + "=-" * 40,
        "1. It is a very good kind of shoe for all. 2. It is a very good kind of shoe for all. "
        "3. It is a very good kind of shoe for all. 4. It is a very good kind of shoe for all.",
        "...",
        ", ,\n\u2026 \u00bb",
        "\ufffd\ufffd \ufffd",
    ],
)
def test_endless_repetition_and_mere_punctuation_are_degenerate(text: str) -> None:
    assert degenerate(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "A",
        "+",
        "64.03",
        "1000000000000",
        "no, no, no!",
        "Ha ha ha ha",
        "hahaha",
        "123123123",
        "The couscous is in the pawpaw bonbonbon.",
        "Textile footwear with soles of rubber is footwear with outer soles of rubber and uppers of textile.",
        '[{"name": "bolt", "code": "7318"}, {"name": "nut", "code": "7318"}, {"name": "pin", "code": "7319"}]',
        "1. Wash the apple.\n2. Wash the pear.\n3. Wash the plum.\n4. Eat the apple, the pear and the plum.",
        "The caf\ufffd is open.",
        "\u65e5\u672c\u306e\u9774\u306f\u9769\u3084\u5e03\u3067\u4f5c\u3089\u308c\u3066\u3044\u307e\u3059\u3002",
        "Row, row, row your boat, gently down the stream. Merrily, merrily, merrily, merrily, life is but a dream.",
    ],
)
def test_what_people_write_is_not_degenerate(text: str) -> None:
    assert not degenerate(text)


def test_the_share_of_repeated_sequences_by_hand() -> None:
    # abcd bcda cdab dabc abcd: one of five stood there before
    assert repeated_share(list("abcdabcd")) == pytest.approx(1 / 5)
    assert repeated_share(list("aaa")) == 0
    assert repeated_share(list("aaab"), n=1) == pytest.approx(1 / 2)


@given(pieces, st.integers(20, 60))
def test_any_text_said_twenty_times_is_degenerate(piece: str, times: int) -> None:
    assert degenerate(piece * times)


@given(pieces, st.text("xyz ", max_size=12))
def test_a_loop_counts_wherever_it_begins(piece: str, opening: str) -> None:
    assert degenerate(opening + piece * 40)


@given(st.lists(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), unique=True))
def test_words_that_are_all_different_are_never_degenerate(letters: list[str]) -> None:
    assert not degenerate(" ".join(f"{letter}ord" for letter in letters))


@given(st.text(max_size=60))
def test_case_and_blanks_make_no_difference(text: str) -> None:
    assert degenerate(text) == degenerate(text.casefold()) == degenerate(f" {text}\n\n")


@given(st.lists(st.sampled_from("ab"), max_size=30), st.integers(1, 6))
def test_the_share_of_repeated_sequences_is_at_least_0_and_below_1(words: list[str], n: int) -> None:
    assert 0 <= repeated_share(words, n) < 1
