"""Words that an answer must contain, must not contain, or must begin or end with; upper and lower case are equal."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.suites.checks.arguments import listed, some_text, whole_number, worded
from harness.suites.checks.contract import CheckKind, Rule

OPENING = "\"'“‘«*_# "
"""Characters that may stand before the first word: quotation marks and Markdown."""
CLOSING = "\"'”’»*_ "
STOPS = ".!?…"


def occurrences(text: str, wanted: str) -> int:
    """How often the text contains the word or phrase as whole words."""
    spaced = r"\s+".join(re.escape(part) for part in wanted.split())
    return len(re.findall(rf"(?<!\w){spaced}(?!\w)", text, re.IGNORECASE))


def _contains(wanted: tuple[str, ...]) -> Rule:
    return Rule(f"with {quoted(wanted)}", lambda text: all(occurrences(text, one) for one in wanted))


def _lacks(unwanted: tuple[str, ...]) -> Rule:
    return Rule(f"without {quoted(unwanted)}", lambda text: not any(occurrences(text, one) for one in unwanted))


def _contains_times(argument: str) -> Rule:
    count, _, rest = argument.partition(" ")
    number, wanted = whole_number(count), some_text(rest.strip())
    return Rule(f'"{wanted}" exactly {number} times', lambda text: occurrences(text, wanted) == number)


def _starts_with(wanted: str) -> Rule:
    def keeps(text: str) -> bool:
        begins = text.lstrip(OPENING).casefold()
        rest = begins.removeprefix(wanted.casefold())
        return rest != begins and not rest[:1].isalnum()

    return Rule(f'begins with "{wanted}"', keeps)


def _ends_with(wanted: str) -> Rule:
    """A full stop or similar mark after the last word is ignored, unless the wanted text ends with one."""
    strips = CLOSING if wanted[-1] in STOPS else CLOSING + STOPS

    def keeps(text: str) -> bool:
        ends = text.rstrip(strips).casefold()
        rest = ends.removesuffix(wanted.casefold())
        return rest != ends and not rest[-1:].isalnum()

    return Rule(f'ends with "{wanted}"', keeps)


def quoted(wanted: tuple[str, ...]) -> str:
    """`"sun", "sea"`."""
    return ", ".join(f'"{one}"' for one in wanted)


CHECKS: Mapping[str, CheckKind] = {
    "contains": listed(_contains, example="sun, sea"),
    "lacks": listed(_lacks, example="good, nice"),
    "contains_times": CheckKind(_contains_times, "a whole number above 0, then a text", "2 water"),
    "starts_with": worded(_starts_with, example="Dear customer"),
    "ends_with": worded(_ends_with, example="Have a nice day"),
}
