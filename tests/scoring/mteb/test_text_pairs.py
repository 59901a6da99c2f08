from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.items.rows import Question
from harness.scoring.mteb.text_pairs import AMONG, TextPair, filed_under_codes, graded_pairs, label_pairs


def question(name: str, label: str, cluster: str = "") -> Question:
    return Question(name, "test", cluster or name, text=name, prompt=name, choices=(), answer=label)


HS = [
    question("040110", "animals", "0401"),
    question("040120", "animals", "0401"),
    question("040210", "animals", "0402"),
    question("030110", "animals", "0301"),
    question("840110", "machinery", "8401"),
]


def values_of(pairs: list[TextPair], first: str) -> dict[int, str]:
    return {pair.value: pair.second for pair in pairs if pair.first == first}


def test_grades_follow_the_codes_of_a_taxonomy() -> None:
    pairs = graded_pairs(HS, seed=0)
    assert values_of(pairs, "040110") == {3: "040120", 2: "040210", 1: "030110", 0: "840110"}
    assert set(values_of(pairs, "030110")) == {1, 0}
    assert set(values_of(pairs, "840110")) == {0}


def test_without_codes_a_shared_beginning_means_nothing() -> None:
    rows = [question("roof-1", "roof", "roof: act"), question("roof-2", "roof", "roof: tax"), question("tax-1", "tax")]
    assert not filed_under_codes(rows)
    assert {pair.value for pair in graded_pairs(rows, seed=0)} == {0, 1}


@pytest.mark.parametrize(
    ("item", "cluster", "coded"),
    [("040110", "0401", True), ("T86.5", "T86", True), ("H22", "H22", True), ("17", "4", False), ("x-1", "x", False)],
)
def test_items_are_filed_under_codes_if_each_begins_with_its_clusters(item: str, cluster: str, coded: bool) -> None:
    assert filed_under_codes([question(item, "a", cluster)]) == coded


def test_pairs_of_one_label_and_of_two_are_equally_many() -> None:
    pairs = label_pairs(HS, seed=0)
    assert Counter(pair.value for pair in pairs) == {0: 4, 1: 4}  # the only machine has no partner
    label_of = {row.text: row.answer for row in HS}
    assert all((label_of[pair.first] == label_of[pair.second]) == pair.value for pair in pairs)


def test_the_cost_is_bounded() -> None:
    rows = [question(str(place), str(place % 2)) for place in range(AMONG + 50)]
    assert len(label_pairs(rows, seed=0)) == 2 * AMONG


@given(st.lists(st.sampled_from("abc"), max_size=20), st.integers(0, 5))
def test_twice_gives_the_same_and_no_text_is_its_own_partner(labels: list[str], seed: int) -> None:
    rows = [question(f"item {place}", label) for place, label in enumerate(labels)]
    for make in (label_pairs, graded_pairs):
        pairs = make(rows, seed=seed)
        assert pairs == make(rows, seed=seed)
        assert all(pair.first != pair.second for pair in pairs)
    counts = Counter(pair.value for pair in label_pairs(rows, seed=seed))
    assert counts[0] == counts[1]
