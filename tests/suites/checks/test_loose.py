from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.suites.checks.loose import holds_loosely, loose_forms
from harness.suites.checks.registry import parse_check


def test_the_forms_are_those_of_ifeval() -> None:
    assert loose_forms("Sure:\n*a*\n*b*\nBye") == [
        "Sure:\n*a*\n*b*\nBye",
        "*a*\n*b*\nBye",
        "Sure:\n*a*\n*b*",
        "*a*\n*b*",
        "Sure:\na\nb\nBye",
        "a\nb\nBye",
        "Sure:\na\nb",
        "a\nb",
    ]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("lowercase", "Sure, here it is:\ni like tea."),
        ("json_keys a", '{"a": 1}\nI hope this helps!'),
        ("numbered_list 2", "Sure:\n**1.** Tea\n**2.** Milk\nBye"),
        ("sentences_exactly 1", "Here is one.\nTea is hot.\nBye."),
    ],
)
def test_what_stands_around_the_answer_is_forgiven_loosely_only(text: str, answer: str) -> None:
    assert not parse_check(text).holds(answer)
    assert holds_loosely(parse_check(text), answer)


def test_an_answer_of_one_line_is_not_forgiven_by_taking_it_away() -> None:
    assert not holds_loosely(parse_check("no_commas"), "a, b")
    assert not holds_loosely(parse_check("no_commas"), "")


@given(st.sampled_from(["words_at_most 3", "lowercase", "title_line", "markdown_bold", "json_list 2"]), st.text())
def test_what_holds_strictly_holds_loosely(text: str, answer: str) -> None:
    check = parse_check(text)
    assert holds_loosely(check, answer) >= check.holds(answer)
