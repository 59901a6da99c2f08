"""What a judge says about two answers, and how far it can be trusted."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.items.rows import Preference
from harness.models.loaded import JUDGES, LoadedModel


@dataclass(frozen=True)
class Verdict:
    """How strongly a judge prefers the answer that the data call chosen; below 0 it prefers the rejected one.

    Judges lean towards the answer in the first place. So a judge sees each pair in both orders, and their mean counts
    (arXiv 2309.00267). A judge that rates each answer alone has no order, and both numbers are the same.
    """

    chosen_first: float | None
    """Log-odds when the chosen answer stands first; null: the judge gave no verdict."""
    chosen_second: float | None
    """The same when it stands second."""

    @property
    def margin(self) -> float | None:
        """The mean of both orders; null unless there is a verdict in both."""
        if self.chosen_first is None or self.chosen_second is None:
            return None
        return (self.chosen_first + self.chosen_second) / 2

    @property
    def same_in_both_orders(self) -> bool:
        """Whether the same answer wins in both orders."""
        if self.chosen_first is None or self.chosen_second is None:
            return False
        return self.chosen_first * self.chosen_second > 0

    def inverted(self) -> Verdict:
        """What a judge of the opposite taste would say."""
        first, second = self.chosen_first, self.chosen_second
        return Verdict(None if first is None else -first, None if second is None else -second)


class Judge(LoadedModel):
    """Anything that compares two answers to a prompt."""

    abilities: ClassVar[frozenset[str]] = frozenset({JUDGES})

    @abstractmethod
    def verdicts(self, rows: Sequence[Preference]) -> list[Verdict]:
        """One verdict per row, in order."""
