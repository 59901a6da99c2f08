"""Lists with one item per line; other lines, such as an introduction, may stand before and after."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping

from harness.suites.checks.arguments import numbered
from harness.suites.checks.contract import CheckKind, Rule, WrongArgument

BULLET = re.compile(r"^[ \t]*[-*+•][ \t]+\S", re.MULTILINE)
NUMBER = re.compile(r"^[ \t]*\(?(\d{1,4})[.)][ \t]+\S", re.MULTILINE)
LETTER = re.compile(r"^[ \t]*\(?([A-Za-z])[.)][ \t]+\S", re.MULTILINE)


def _bullets(number: int) -> Rule:
    return Rule(f"{number} items after bullets", lambda text: len(BULLET.findall(text)) == number)


def _numbers(number: int) -> Rule:
    wanted = [str(place) for place in range(1, number + 1)]
    return Rule(f"{number} items numbered from 1", lambda text: NUMBER.findall(text) == wanted)


def _letters(number: int) -> Rule:
    if number > len(string.ascii_lowercase):
        raise WrongArgument(f"there are no {number} letters")
    wanted = list(string.ascii_lowercase[:number])
    return Rule(
        f"{number} items lettered from a",
        lambda text: [letter.lower() for letter in LETTER.findall(text)] == wanted,
    )


CHECKS: Mapping[str, CheckKind] = {
    "bullet_list": numbered(_bullets),
    "numbered_list": numbered(_numbers),
    "lettered_list": numbered(_letters),
}
