from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.suites.checks.counting import lines, paragraphs, sentences, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's a well-known fact.", ["It's", "a", "well-known", "fact"]),
        ("3.50 or 1,000", ["3.50", "or", "1,000"]),
        ("one,two. three", ["one", "two", "three"]),
        ("- ! …", []),
        ("på ängen", ["på", "ängen"]),
    ],
)
def test_words_keep_their_inner_marks(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tea. Milk! Cake? Yes…", ["Tea.", "Milk!", "Cake?", "Yes…"]),
        ("It costs 3.50 at www.shop.com today", ["It costs 3.50 at www.shop.com today"]),
        ("Dr. Wu met J. Wu. They left.", ["Dr. Wu met J. Wu.", "They left."]),
        (
            "We sell fruit, e.g. apples, etc. at noon. Come in.",
            ["We sell fruit, e.g. apples, etc. at noon.", "Come in."],
        ),
        ("We sell apples etc. Come in.", ["We sell apples etc.", "Come in."]),
        ("No. Not now.", ["No.", "Not now."]),
        ("so am I. you too.", ["so am I.", "you too."]),
        ('"Stop!" she said. "Why?" He ran.', ['"Stop!" she said.', '"Why?"', "He ran."]),
        ("i like tea. it is hot.", ["i like tea.", "it is hot."]),
        ("Buy:\n1. Tea\n2. Milk", ["Buy:", "Tea", "Milk"]),
        ("Tea\n\nMilk", ["Tea", "Milk"]),
        ("Snow falls\non the roof.", ["Snow falls\non the roof."]),
        ("Wait... what? !", ["Wait...", "what?"]),
        ("... !", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_paragraphs_stand_apart_by_blank_lines_and_lines_by_line_breaks() -> None:
    text = "\n a\nb \n \n\n c\n"
    assert paragraphs(text) == ["a\nb", "c"]
    assert lines(text) == ["a", "b", "c"]


@given(st.text())
def test_no_text_has_more_sentences_than_words_or_more_paragraphs_than_lines(text: str) -> None:
    assert len(sentences(text)) <= len(words(text))
    assert len(paragraphs(text)) <= len(lines(text))


@given(st.lists(st.sampled_from(["Tea is hot.", "Is it?", "Go!"]), max_size=8))
def test_as_many_sentences_are_counted_as_were_put_together(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == parts
