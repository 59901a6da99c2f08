import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.domains.builders._neighbours import first_distinct, nearest, places_by
from harness.domains.builders._word_overlap import TfIdf, overlap

KEYS = st.lists(st.sampled_from("abc"), min_size=1, max_size=30)


@given(keys=KEYS, wide=KEYS, data=st.data())
def test_nearest_gives_each_other_place_once_by_group_and_distance(
    keys: list[str], wide: list[str], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(keys) - 1))
    first = places_by(keys)[keys[place]]
    second = sorted(set(first) | set(range(len(wide))))
    found = list(nearest(place, [first, second]))

    def by_distance(places: set[int]) -> list[int]:
        return sorted(places, key=lambda other: (abs(other - place), other))

    assert found == by_distance(set(first) - {place}) + by_distance(set(second) - set(first))


def test_only_as_many_texts_are_read_as_are_wanted() -> None:
    texts = iter(["a", "A", "x", "b", "c", "d"])
    assert first_distinct(texts, apart_from=["X"], most=2) == ("a", "b")
    assert list(texts) == ["d"]


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [("A deck, a fence", "fence: deck a", 1.0), ("deck", "fence", 0.0), ("a b c", "b c d", 0.5), ("?", "!", 0.0)],
)
def test_overlap_is_the_share_of_common_words(a: str, b: str, share: float) -> None:
    assert overlap(a, b) == share


def test_texts_are_alike_by_their_rare_words() -> None:
    likeness = TfIdf(["a deck of wood", "a deck of stone", "a roof of slate", "DECK, stone!"]).to(1)
    assert likeness[1] == 1.0
    assert likeness[3] > likeness[0] > likeness[2] > 0


def test_a_text_without_words_is_like_no_other() -> None:
    assert TfIdf(["?", "deck"]).to(0) == [0.0, 0.0]
