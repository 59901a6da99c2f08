"""The length of an answer in words, sentences, paragraphs or characters: at most, at least, exactly, or between."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.suites.checks.arguments import numbered, whole_number
from harness.suites.checks.contract import CheckKind, Rule, WrongArgument
from harness.suites.checks.counting import paragraphs, sentences, words

UNITS: Mapping[str, Callable[[str], int]] = {
    "words": lambda text: len(words(text)),
    "sentences": lambda text: len(sentences(text)),
    "paragraphs": lambda text: len(paragraphs(text)),
    "characters": len,
}
"""Unit -> how it is counted; white space counts as characters."""


def amount(number: int, unit: str) -> str:
    """`1 word`, `2 words`."""
    return f"{number} {unit[:-1] if number == 1 else unit}"


def _at_most(unit: str) -> CheckKind:
    return numbered(lambda most: Rule(f"at most {amount(most, unit)}", lambda text: UNITS[unit](text) <= most))


def _at_least(unit: str) -> CheckKind:
    return numbered(lambda least: Rule(f"at least {amount(least, unit)}", lambda text: UNITS[unit](text) >= least))


def _exactly(unit: str) -> CheckKind:
    return numbered(lambda number: Rule(f"exactly {amount(number, unit)}", lambda text: UNITS[unit](text) == number))


def _between(unit: str) -> CheckKind:
    def make(argument: str) -> Rule:
        parts = argument.split()
        if len(parts) != 2:
            raise WrongArgument(f'"{argument}" is not two numbers')
        least, most = map(whole_number, parts)
        if least >= most:
            raise WrongArgument(f"{least} is not below {most}")
        return Rule(f"{least} to {most} {unit}", lambda text: least <= UNITS[unit](text) <= most)

    return CheckKind(make, "two whole numbers, the smaller one first", "10 20")


CHECKS: Mapping[str, CheckKind] = {
    f"{unit}_{bound}": kind(unit)
    for unit in UNITS
    for bound, kind in (("at_most", _at_most), ("at_least", _at_least), ("exactly", _exactly), ("between", _between))
}
