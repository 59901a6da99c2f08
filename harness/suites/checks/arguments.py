"""Read the arguments of checks."""

from __future__ import annotations

from collections.abc import Callable

from harness.suites.checks.contract import CheckKind, Rule, WrongArgument

MOST = 10_000
"""No check asks for more of anything; a larger number is a slip."""


def numbered(make: Callable[[int], Rule]) -> CheckKind:
    """A check with one whole number."""
    return CheckKind(lambda argument: make(whole_number(argument)), "a whole number above 0", "3")


def bare(says: str, keeps: Callable[[str], bool]) -> CheckKind:
    """A check without argument."""

    def make(argument: str) -> Rule:
        if argument:
            raise WrongArgument(f'"{argument}" stands after it')
        return Rule(says, keeps)

    return CheckKind(make, "", "")


def worded(make: Callable[[str], Rule], *, example: str) -> CheckKind:
    """A check with one text, which may hold blanks and commas."""
    return CheckKind(lambda argument: make(some_text(argument)), "a text", example)


def listed(make: Callable[[tuple[str, ...]], Rule], *, example: str) -> CheckKind:
    """A check with one or several texts between commas."""
    return CheckKind(lambda argument: make(texts(argument)), "texts with commas between them", example)


def whole_number(argument: str) -> int:
    """`12` -> 12.

    Raises:
        WrongArgument: it is not a number from 1 to 10,000.
    """
    if not (argument.isascii() and argument.isdigit() and len(argument) <= len(str(MOST))):
        raise WrongArgument(f'"{argument}" is no such number' if argument else "the number is missing")
    number = int(argument)
    if not 1 <= number <= MOST:
        raise WrongArgument(f"{number} is not from 1 to {MOST}")
    return number


def some_text(argument: str) -> str:
    """The argument itself.

    Raises:
        WrongArgument: it is empty.
    """
    if not argument:
        raise WrongArgument("the text is missing")
    return argument


def texts(argument: str) -> tuple[str, ...]:
    """`name, full price` -> ("name", "full price").

    Raises:
        WrongArgument: there is none, one is empty, or two are equal.
    """
    parts = tuple(part.strip() for part in some_text(argument).split(","))
    if "" in parts:
        raise WrongArgument(f'nothing stands before or after a comma in "{argument}"')
    if len(set(parts)) < len(parts):
        raise WrongArgument(f'a text stands twice in "{argument}"')
    return parts
