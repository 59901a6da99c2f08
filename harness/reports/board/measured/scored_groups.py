"""Step 2 of the board: each group with the scores of its items, and which suites may be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.evidence.item_scores import ItemScores
from harness.reports.board.measured.groups import Group
from harness.reports.board.measured.item_scores import scores_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from harness.config.suite import Suite


@dataclass(frozen=True)
class ScoredGroup:
    """The runs of one row with the scores of their items."""

    group: Group
    items: Mapping[str, ItemScores | None]
    """Suite -> item scores; null where the metric has no value per item."""
    other_protocol: frozenset[str]
    """Suites that were scored by another protocol than the one that ranks."""
    learnt: frozenset[str]
    """Suites that measure forgetting with questions about a domain that the runs were trained on."""

    @property
    def main_items(self) -> ItemScores | None:
        """Item scores of the suite that ranks."""
        return self.items.get(self.group.main_suite or "")

    def comparable_items(self, suite: str) -> ItemScores | None:
        """Item scores that may be compared with those of other rows; null for `other_protocol` and `learnt`."""
        return None if suite in self.other_protocol | self.learnt else self.items.get(suite)


def read_scores(
    connection: DuckDBPyConnection, group: Group, *, protocols: Mapping[str, str], suites: Mapping[str, Suite]
) -> ScoredGroup:
    """The item scores of a group on every suite. `protocols`: suite -> the protocol hash that ranks.

    Raises:
        DataError: as `read_items`.
    """
    items = {suite: scores_of(connection, records, domain=group.domain) for suite, records in group.asked.items()}
    other = {
        suite
        for suite, records in group.asked.items()
        if any(record["protocol_hash"] != protocols[suite] for record in records)
    }
    retained = [suite for suite in items if suite in suites and suites[suite].retained]
    learnt = {suite for suite in retained if _asks_about(group.further_domains, items[suite])}
    return ScoredGroup(group, items, frozenset(other), frozenset(learnt))


def _asks_about(domains: frozenset[str], items: ItemScores | None) -> bool:
    """Whether an item belongs to one of the domains. Item ids begin with `<domain>/` (`QuestionSet.build`)."""
    return any(item.partition("/")[0] in domains for item in (items.items if items else ()))
