"""The layout of an answer: lines, a title, Markdown, quotation marks, placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.suites.checks.arguments import bare, numbered
from harness.suites.checks.contract import CheckKind, Rule
from harness.suites.checks.counting import lines, words

TITLE_WORDS = 10
HEADING = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)
BOLD = re.compile(r"\*\*[^*\s](?:[^*\n]*[^*\s])?\*\*")
BLANK_TO_FILL = re.compile(r"\[[^\[\]\n]+\](?!\()")
"""A placeholder `[name]` that is not a Markdown link."""
QUOTES = (('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"))


def _has_title(text: str) -> bool:
    first, *rest = lines(text)
    bare_title = first.strip("*#_ ")
    return bool(rest) and 1 <= len(words(bare_title)) <= TITLE_WORDS and bare_title[-1] not in ".!?,;"


def _in_quotes(text: str) -> bool:
    inner = text[1:-1]
    return any(
        len(text) > 2 and text.startswith(left) and text.endswith(right) and left not in inner and right not in inner
        for left, right in QUOTES
    )


CHECKS: Mapping[str, CheckKind] = {
    "one_line": bare("on one line", lambda text: len(text.splitlines()) == 1),
    "lines_exactly": numbered(
        lambda number: Rule(f"exactly {number} lines that are not blank", lambda text: len(lines(text)) == number)
    ),
    "title_line": bare(f"a title of at most {TITLE_WORDS} words on a line of its own before the text", _has_title),
    "markdown_heading": bare("a Markdown heading", lambda text: HEADING.search(text) is not None),
    "markdown_bold": bare("words in Markdown bold", lambda text: BOLD.search(text) is not None),
    "in_quotes": bare("all of it between one pair of double quotation marks", _in_quotes),
    "blanks_to_fill": numbered(
        lambda number: Rule(
            f"exactly {number} places to fill in, in square brackets",
            lambda text: len(BLANK_TO_FILL.findall(text)) == number,
        )
    ),
}
