"""Punctuation marks that an answer must not contain, must contain, or must end with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from harness.suites.checks.arguments import bare, numbered
from harness.suites.checks.contract import CheckKind, Rule

CLOSING = "\"'”’»*_ "
"""Characters that may follow the last mark."""
COMMAS = ",，、"
MARKS = ".,;:!?…"
ASIDE = re.compile(r"\([^()\n]*\w[^()\n]*\)")


def _without(marks: str) -> Callable[[str], bool]:
    return lambda text: not set(marks) & set(text)


def _ending(mark: str) -> Callable[[str], bool]:
    return lambda text: text.rstrip(CLOSING).endswith(mark)


CHECKS: Mapping[str, CheckKind] = {
    "no_commas": bare("no commas", _without(COMMAS)),
    "no_full_stops": bare("no full stops", _without(".")),
    "no_punctuation": bare(f"none of {' '.join(MARKS)}", _without(MARKS)),
    "ends_with_question_mark": bare("ends with a question mark", _ending("?")),
    "ends_with_exclamation_mark": bare("ends with an exclamation mark", _ending("!")),
    "question_marks": numbered(
        lambda number: Rule(f"question marks: exactly {number}", lambda text: text.count("?") == number)
    ),
    "parentheses": bare("words in parentheses", lambda text: ASIDE.search(text) is not None),
}
