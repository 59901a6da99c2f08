from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.display.plain_text import markdown_cell, plain


@given(st.text())
def test_no_control_character_is_left(text: str) -> None:
    shown = plain(text)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029\u202e" for c in shown)


@given(st.text(alphabet="ab|\\`*_~[]()<>&!\n "))
def test_a_cell_stays_one_cell_without_html(text: str) -> None:
    cell = markdown_cell(text)
    assert "\n" not in cell
    assert "<" not in cell
    unescaped = cell.replace("\\\\", "x")  # an escaped backslash is a character that escapes nothing
    assert "|" not in unescaped.replace("\\|", "x")
    assert "](" not in unescaped.replace("\\](", "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zero_shot 71.2 [67.1, 75.2] (0.75)", "zero_shot 71.2 [67.1, 75.2] (0.75)"),
        ("a|b", "a\\|b"),
        ("<script>x</script> & co", "&lt;script&gt;x&lt;/script&gt; &amp; co"),
        ("[click](http://evil)", "[click\\](http://evil)"),
        ("_so_ *very* `code`", "\\_so\\_ \\*very\\* \\`code\\`"),
        ("two\nlines", "two lines"),
    ],
)
def test_what_marks_up_is_escaped_and_what_does_not_stays_readable(text: str, expected: str) -> None:
    assert markdown_cell(text) == expected
