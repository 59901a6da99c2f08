"""The contract of checks: a `Check` is a `CheckKind` with its argument, which makes the `Rule`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """What a check demands of an answer."""

    says: str
    """The rule in words: `at most 20 words`."""
    keeps: Callable[[str], bool]
    """Whether an answer follows the rule. The answer is never empty and has no surrounding white space."""


@dataclass(frozen=True)
class CheckKind:
    """A sort of check, such as `words_at_most`, without its argument."""

    make: Callable[[str], Rule]
    """Makes the rule from the argument, which is all text after the name; raises WrongArgument."""
    argument: str
    """What the argument must be, for error messages; empty for checks without an argument."""
    example: str
    """An example of the argument, for error messages."""


class WrongArgument(ValueError):
    """The argument of a check is wrong; the message says what was found."""


@dataclass(frozen=True)
class Check:
    """A check with its argument."""

    text: str
    """The check as written in data: `words_at_most 20`."""
    name: str
    """The name of its kind: `words_at_most`."""
    family: str
    """`length`, `lists`, ...: the module that defines it."""
    rule: Rule

    def holds(self, answer: str) -> bool:
        """Whether the answer follows the rule. An empty answer never does, although it has "no commas", for example."""
        written = answer.strip()
        return bool(written) and self.rule.keeps(written)
