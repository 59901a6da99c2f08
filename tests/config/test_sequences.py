from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.config.sequences import domains_to_score, steps_of

SEQUENCES = st.dictionaries(
    st.text("xyz", min_size=1), st.lists(st.sampled_from("abcd"), min_size=2, max_size=4, unique=True), max_size=4
)


def test_the_steps_of_a_sequence_are_its_prefixes() -> None:
    assert steps_of({"one": ["a", "b", "c"]}) == [("a",), ("a", "b"), ("a", "b", "c")]
    assert steps_of({}) == []


def test_sequences_that_begin_alike_share_steps() -> None:
    steps = steps_of({"one": ["a", "b"], "two": ["a", "c"], "three": ["b", "a"]})
    assert steps == [("a",), ("a", "b"), ("a", "c"), ("b",), ("b", "a")]


def test_a_step_is_scored_on_all_domains_of_all_sequences_that_begin_with_it() -> None:
    sequences = {"one": ["a", "b", "c"], "two": ["a", "d"]}
    assert domains_to_score(("a",), sequences) == ("a", "b", "c", "d")
    assert domains_to_score(("a", "b"), sequences) == ("a", "b", "c")
    assert domains_to_score(("b",), sequences) == ("b",)


@given(SEQUENCES)
def test_each_step_comes_once_and_after_the_step_before(sequences: dict[str, list[str]]) -> None:
    steps = steps_of(sequences)
    assert len(set(steps)) == len(steps)
    for number, step in enumerate(steps):
        assert len(step) == 1 or step[:-1] in steps[:number]


@given(SEQUENCES)
def test_a_step_is_scored_on_its_own_domains_first_and_on_each_domain_once(sequences: dict[str, list[str]]) -> None:
    for step in steps_of(sequences):
        scored = domains_to_score(step, sequences)
        assert scored[: len(step)] == step
        assert len(set(scored)) == len(scored)
