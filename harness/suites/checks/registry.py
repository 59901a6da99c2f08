"""Read a check from its text, which is a name and an argument."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from harness.errors import DataError, did_you_mean
from harness.suites.checks import data, keywords, language, layout, length, letter_case, lists, punctuation
from harness.suites.checks.contract import Check, CheckKind, WrongArgument

FAMILIES: Mapping[str, Mapping[str, CheckKind]] = {
    "length": length.CHECKS,
    "lists": lists.CHECKS,
    "layout": layout.CHECKS,
    "data": data.CHECKS,
    "keywords": keywords.CHECKS,
    "letter_case": letter_case.CHECKS,
    "punctuation": punctuation.CHECKS,
    "language": language.CHECKS,
}
"""Family -> its checks by name."""

FAMILY_OF = {name: family for family, kinds in FAMILIES.items() for name in kinds}
"""Name of a check -> its family."""


@cache
def parse_check(text: str, *, where: str | None = None) -> Check:
    """`words_at_most 20` -> the check.

    Raises:
        DataError: the check is unknown or its argument is wrong; the error suggests a check, or says what the argument
            must be.
    """
    name, _, argument = text.strip().partition(" ")
    family = FAMILY_OF.get(name)
    if family is None:
        raise DataError(f'there is no check "{name}"', where=where, hint=did_you_mean(name, FAMILY_OF))
    kind = FAMILIES[family][name]
    try:
        rule = kind.make(argument.strip())
    except WrongArgument as error:
        expected = f"{kind.argument}, as in `{name} {kind.example}`" if kind.argument else f"`{name}` alone"
        raise DataError(f'check "{text}": {error}', where=where, expected=expected) from None
    return Check(text, name, family, rule)
