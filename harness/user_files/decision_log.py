"""Count the decisions made about records, for the inspection report and the data card."""

from __future__ import annotations

from collections import Counter, defaultdict

from harness.items.item import Note

MOST_NAMES = 5
"""Different names from the file that notes mention; a file may hold thousands."""


class DecisionLog:
    """How many records each decision concerns, in the order in which the decisions first came up."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._names: dict[str, set[str]] = defaultdict(set)

    def count(self, what: str, number: int = 1) -> None:
        """Add `number` to the decision `what`, a plural phrase such as "records without text were left out"."""
        self._counts[what] += number

    def count_named(self, what: str, name: str, number: int = 1) -> None:
        """Count `what`, which contains `{name}`, separately for each name of the file.

        Only the first five names get a line of their own; the others are counted together.
        """
        names = self._names[what]
        if len(names) < MOST_NAMES:
            names.add(name)
        self.count(what.format(name=one_line(name) if name in names else "(others)"), number)

    def count_name(self, what: str, name: str, number: int) -> None:
        """Add `number` to `what`, which contains `{name}`, for one name of the file, however many names there are."""
        self.count(what.format(name=one_line(name)), number)

    def notes(self) -> tuple[Note, ...]:
        """All decisions with a count above 0."""
        return tuple(Note(what, count) for what, count in self._counts.items() if count)


def one_line(name: str) -> str:
    """At most 40 characters that neither Markdown nor a terminal interprets."""
    return "".join(sign if sign.isalnum() or sign in " -_" else "?" for sign in name[:40])
