from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.items.rows import Question
from harness.reports.compare.answers import Answered
from harness.reports.compare.flips import flips
from harness.reports.compare.item_texts import Texts

SHARES = st.lists(st.tuples(st.sampled_from([0.0, 1 / 3, 0.5, 2 / 3, 1.0]), st.sampled_from([0.0, 0.5, 1.0])))


def one(item: str, correct: float, *, cluster: str = "c", answer: str = "x") -> Answered:
    return Answered(item, cluster, "gold", answer, correct)


def test_items_that_count_for_one_side_only_are_listed_the_clearest_first() -> None:
    first = [one("a", 2 / 3), one("b", 1.0, answer="yes"), one("c", 0.0), one("d", 1.0)]
    second = [one("a", 0.0), one("b", 0.0, answer="no"), one("c", 1.0), one("d", 1.0)]
    known = Question(id="b", split="test", cluster="c", text="who?", prompt="?", choices=(), answer="gold")
    found = flips(first, second, texts=Texts({"b": known}), limit=5)
    assert [flip.item for flip in found.first_right] == ["b", "a"]
    assert [flip.item for flip in found.second_right] == ["c"]
    assert (found.first_right[0].text, found.first_right[1].text) == ("who?", None)
    assert (found.first_right[0].first_answer, found.first_right[0].second_answer) == ("yes", "no")


def test_exactly_half_of_the_seeds_counts_for_neither_side() -> None:
    found = flips([one("a", 0.5), one("b", 1.0)], [one("a", 0.0), one("b", 0.5)], texts=Texts(), limit=5)
    assert (found.only_first, found.only_second) == (0, 0)


def test_clusters_come_by_their_net_difference() -> None:
    first = [one("a", 1, cluster="k"), one("b", 1, cluster="k"), one("c", 0, cluster="m"), one("d", 1, cluster="n")]
    second = [one("a", 0, cluster="k"), one("b", 0, cluster="k"), one("c", 1, cluster="m"), one("d", 1, cluster="n")]
    found = flips(first, second, texts=Texts(), limit=5).clusters
    assert [(c.cluster, c.net, c.items, c.only_first, c.only_second) for c in found] == [
        ("k", 2.0, 2, 2, 0),
        ("m", -1.0, 1, 0, 1),
    ]


def test_the_counts_are_not_cut() -> None:
    first, second = [one(f"{i}", 1.0) for i in range(9)], [one(f"{i}", 0.0) for i in range(9)]
    found = flips(first, second, texts=Texts(), limit=2)
    assert (found.only_first, len(found.first_right)) == (9, 2)


@given(SHARES)
def test_turning_the_pair_round_turns_everything_round(shares: list[tuple[float, float]]) -> None:
    first = [one(f"{i}", a) for i, (a, _) in enumerate(shares)]
    second = [one(f"{i}", b) for i, (_, b) in enumerate(shares)]
    there, back = flips(first, second, texts=Texts(), limit=99), flips(second, first, texts=Texts(), limit=99)
    assert [f.item for f in there.first_right] == [f.item for f in back.second_right]
    assert there.only_second == back.only_first
    assert [c.net for c in there.clusters] == pytest.approx([-c.net for c in back.clusters])
