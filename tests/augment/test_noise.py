import random
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.augment.noise import (
    EMOJI,
    abbreviated,
    random_deletion,
    random_swap,
    typos,
    upper_case,
    with_emoji,
    without_emoji,
)
from harness.errors import ConfigError

TEXT = "Bicycles and other cycles, not motorised"
seeds = st.integers(0, 2**32).map(random.Random)
texts = st.text(max_size=80)


@given(texts.filter(lambda text: any(char.isalpha() for char in text)), seeds, st.floats(0.001, 1))
def test_a_text_with_a_letter_gets_at_least_one_typo(text: str, rng: random.Random, rate: float) -> None:
    assert typos(text, rng=rng, rate=rate) != text


@given(texts, seeds)
def test_typos_leave_everything_but_letters(text: str, rng: random.Random) -> None:
    def rest(of: str) -> str:
        return re.sub(r"[^\W\d_]", "", of)

    assert rest(typos(text, rng=rng, rate=0.5)) == rest(text)


@given(seeds, st.floats(0.01, 0.5))
def test_about_the_asked_share_of_letters_is_mistyped(rng: random.Random, rate: float) -> None:
    text = " ".join(["abcdefghijklmnopqrstuvwxyz"] * 20)
    wrong = typos(text, rng=rng, rate=rate)
    # a mistake changes the counts of at most two letters; many change one, swaps none
    moved = (Counter(text) - Counter(wrong)).total() + (Counter(wrong) - Counter(text)).total()
    assert moved <= 2 * round(rate * 520)
    assert abs(len(wrong) - len(text)) <= round(rate * 520)


@given(seeds)
def test_first_and_last_letters_are_spared(rng: random.Random) -> None:
    wrong = typos("ventilation equipment", rng=rng, rate=0.1)
    assert [(word[0], word[-1]) for word in wrong.split()] == [("v", "n"), ("e", "t")]


@pytest.mark.parametrize("rate", [0, -0.1, 1.1, float("nan")])
def test_an_impossible_rate_of_typos_is_refused(rate: float) -> None:
    with pytest.raises(ConfigError, match="share of letters"):
        typos(TEXT, rng=random.Random(0), rate=rate)


def test_a_text_without_letters_gets_no_typo() -> None:
    assert typos("12-34 (56)", rng=random.Random(0)) == "12-34 (56)"


def test_upper_case_is_upper_case() -> None:
    assert upper_case("Öl, 5 kg") == "ÖL, 5 KG"


@given(st.text(max_size=80).filter(lambda text: not any(emoji in text for emoji in EMOJI)), seeds)
def test_without_its_emoji_a_text_is_what_it_was(text: str, rng: random.Random) -> None:
    noisy = with_emoji(text, rng=rng)
    assert 1 <= sum(noisy.count(emoji) for emoji in EMOJI) <= 3
    assert without_emoji(noisy) == text


@given(seeds)
def test_emoji_stand_between_words(rng: random.Random) -> None:
    assert [word for word in with_emoji(TEXT, rng=rng).split() if word not in EMOJI] == TEXT.split()


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Cycles with or without a motor", "Cycles w/ or w/o a motor"),
        ("Without heating and WITH light", "W/o heating & W/ light"),
        ("cables, not elsewhere specified", "cables, n.e.s."),
        ("ventilation", "vntltn"),
        ("Automobile", "Atmble"),
        ("sandy withers", "sandy withers"),
        ("Räksmörgåsar", "Räksmörgåsar"),
    ],
)
def test_abbreviations_are_those_of_a_hurried_writer(text: str, short: str) -> None:
    assert abbreviated(text) == short


@given(texts)
def test_abbreviations_keep_a_text_from_growing_much_and_are_the_same_each_time(text: str) -> None:
    assert abbreviated(text) == abbreviated(text)
    assert len(abbreviated(text)) <= len(text)


@given(texts, seeds, st.integers(1, 5))
def test_swapping_keeps_words_and_spacing(text: str, rng: random.Random, count: int) -> None:
    swapped = random_swap(text, rng=rng, count=count)
    assert sorted(swapped.split()) == sorted(text.split())
    assert re.findall(r"\s+", swapped) == re.findall(r"\s+", text)


def test_one_swap_moves_two_words() -> None:
    swapped = random_swap("a b c d e", rng=random.Random(0))
    assert sum(old != new for old, new in zip("abcde", swapped.split(), strict=True)) == 2


@given(texts, seeds, st.floats(0.01, 0.99))
def test_deletion_keeps_some_words_in_their_order(text: str, rng: random.Random, rate: float) -> None:
    left = iter(text.split())
    kept = random_deletion(text, rng=rng, rate=rate).split()
    assert all(word in left for word in kept)
    assert bool(kept) == bool(text.split())


def test_about_the_asked_share_of_words_is_left_out() -> None:
    kept = random_deletion(" ".join(["word"] * 2000), rng=random.Random(0), rate=0.3).split()
    assert 1300 < len(kept) < 1500


def test_impossible_swaps_and_deletions_are_refused() -> None:
    with pytest.raises(ConfigError, match="swaps"):
        random_swap(TEXT, rng=random.Random(0), count=0)
    with pytest.raises(ConfigError, match="words to remove"):
        random_deletion(TEXT, rng=random.Random(0), rate=1)


def test_the_same_random_numbers_give_the_same_noise() -> None:
    for change in (typos, with_emoji, random_swap, random_deletion):
        assert change(TEXT, rng=random.Random(7)) == change(TEXT, rng=random.Random(7))
