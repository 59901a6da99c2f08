"""Upper and lower case."""

from __future__ import annotations

from collections.abc import Mapping

from harness.suites.checks.arguments import bare, numbered
from harness.suites.checks.contract import CheckKind, Rule
from harness.suites.checks.counting import words


def capital_words(text: str) -> list[str]:
    """Words of at least two letters, all upper case: `NOT`, but not `I`."""
    return [word for word in words(text) if word.isupper() and sum(map(str.isalpha, word)) > 1]


def _title_case(text: str) -> bool:
    """Whether every word that begins with a letter begins with an upper-case one, short words included."""
    initials = [word[0] for word in words(text) if word[0].isalpha()]
    return bool(initials) and all(initial.isupper() for initial in initials)


CHECKS: Mapping[str, CheckKind] = {
    "lowercase": bare("small letters only", str.islower),
    "uppercase": bare("capital letters only", str.isupper),
    "title_case": bare("every word begins with a capital letter", _title_case),
    "capital_words": numbered(
        lambda number: Rule(
            f"exactly {number} words in capital letters", lambda text: len(capital_words(text)) == number
        )
    ),
}
