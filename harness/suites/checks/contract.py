"""What a family of checks must offer, and what its checks are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """What one check asks of an answer."""

    says: str
    """For people: `at most 20 words`."""
    keeps: Callable[[str], bool]
    """Whether an answer does; it is never empty and has no blanks around it."""


@dataclass(frozen=True)
class CheckKind:
    """A check without its argument."""

    make: Callable[[str], Rule]
    """From the argument, which is all after the name. Raises WrongArgument."""
    argument: str
    """What the argument must be, for errors; empty where there is none."""
    example: str
    """Of the argument."""


class WrongArgument(ValueError):
    """A check's argument is not what its kind needs; the message says what was found."""


@dataclass(frozen=True)
class Check:
    """A check with its argument."""

    text: str
    """As in data: `words_at_most 20`."""
    name: str
    """Of its kind: `words_at_most`."""
    family: str
    """`length`, `lists`, ...: the module that defines it."""
    rule: Rule

    def holds(self, answer: str) -> bool:
        """Whether the answer keeps the rule. An empty one never does: without words it would have "no commas" too."""
        written = answer.strip()
        return bool(written) and self.rule.keeps(written)
