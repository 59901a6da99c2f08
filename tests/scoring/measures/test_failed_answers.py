from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from harness.scoring.measures.failed_answers import FAILURES, is_empty, is_garbled


def test_an_empty_answer_and_one_of_broken_bytes_are_different_failures() -> None:
    assert (is_empty(" \n"), is_garbled(" \n")) == (1, 0)
    assert (is_empty("\ufffd"), is_garbled("ok \ufffd")) == (0, 1)


@given(st.text(max_size=40))
@example("")
@example("ha " * 200)
def test_any_answer_fails_or_does_not(answer: str) -> None:
    assert {grade(answer) for grade in FAILURES.values()} <= {0.0, 1.0}
