"""Read the arguments of checks, such as the 20 of `words_at_most 20`."""

from __future__ import annotations

from collections.abc import Callable

from harness.suites.checks.contract import CheckKind, Rule, WrongArgument

MOST = 10_000
"""The largest number in a check; a larger one is taken for a typing error."""


def numbered(make: Callable[[int], Rule]) -> CheckKind:
    """A check whose argument is a whole number."""
    return CheckKind(lambda argument: make(whole_number(argument)), "a whole number above 0", "3")


def bare(says: str, keeps: Callable[[str], bool]) -> CheckKind:
    """A check without an argument."""

    def make(argument: str) -> Rule:
        if argument:
            raise WrongArgument(f'there is an argument, "{argument}"')
        return Rule(says, keeps)

    return CheckKind(make, "", "")


def worded(make: Callable[[str], Rule], *, example: str) -> CheckKind:
    """A check whose argument is one text, which may contain spaces and commas."""
    return CheckKind(lambda argument: make(some_text(argument)), "a text", example)


def listed(make: Callable[[tuple[str, ...]], Rule], *, example: str) -> CheckKind:
    """A check whose argument is one text or several, separated by commas."""
    return CheckKind(lambda argument: make(texts(argument)), "texts separated by commas", example)


def whole_number(argument: str) -> int:
    """`12` -> 12.

    Raises:
        WrongArgument: it is not a number from 1 to 10,000.
    """
    if not (argument.isascii() and argument.isdigit() and len(argument) <= len(str(MOST))):
        raise WrongArgument(f'"{argument}" is not such a number' if argument else "the number is missing")
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
        WrongArgument: there is no text, a text is empty, or two are equal.
    """
    parts = tuple(part.strip() for part in some_text(argument).split(","))
    if "" in parts:
        raise WrongArgument(f'a text is empty before or after a comma in "{argument}"')
    if len(set(parts)) < len(parts):
        raise WrongArgument(f'a text occurs twice in "{argument}"')
    return parts
