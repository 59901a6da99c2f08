"""Step 2 of the board: read from the table `samples` the score of every item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.errors import DataError
from harness.evidence.item_scores import ItemScores
from harness.store.samples import again

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from harness.config.suite import Suite
    from harness.reports.board.groups import Group, Record

MEAN_OVER_GOLD = frozenset({"balanced_accuracy"})
"""Metrics that are the mean over gold answers of the mean of `correct`."""

OF_ALL_ITEMS = frozenset(
    {"auc", "chrf_corpus", "unfinished", "v_measure", "ami", "average_precision", "spearman", "ece", "brier"}
)
"""Metrics without a value per item, so that nothing can be resampled or paired. All others are the mean of `correct`,
whose meaning the kind of suite decides: right or wrong, word F1, chrF."""

_SAME = 5e-4  # a recorded metric this close to the mean of the samples counts as that mean

_QUERY = """
    SELECT item_id, min(cluster), min(gold), list(correct ORDER BY list_position($runs, run_id)),
           count(correct) = len($runs) AND min(cluster) = max(cluster) AND min(gold) = max(gold)
    FROM samples WHERE suite = $suite AND domain = $domain AND list_contains($runs, run_id)
    GROUP BY item_id ORDER BY item_id"""


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


def scores_of(connection: DuckDBPyConnection, records: list[Record], *, domain: str) -> ItemScores | None:
    """Item scores of several runs on one suite. `records`: rows of the table `suites` with `metrics`, one per run.

    Null where the protocols differ, and where the metric is not the mean of the samples: an interval computed from the
    samples would describe another figure.

    Raises:
        DataError: as `read_items`.
    """
    if len({record["protocol_hash"] for record in records}) > 1:
        return None
    metric = records[0]["primary_metric"]
    runs = [record["run_id"] for record in records]
    items = read_items(connection, runs=runs, suite=records[0]["suite"], domain=domain, metric=metric)
    recorded = recorded_mean(records, metric)
    return items if items and recorded is not None and abs(items.value - recorded) < _SAME else None


def read_items(
    connection: DuckDBPyConnection, *, runs: Sequence[str], suite: str, domain: str, metric: str
) -> ItemScores | None:
    """Item scores of several runs (the seeds of one recipe) on one suite.

    Null where there are no samples, and where the metric has no value per item.

    Raises:
        DataError: the runs have not answered the same items although they have the same protocol.
    """
    if metric in OF_ALL_ITEMS:
        return None
    rows = connection.execute(_QUERY, {"runs": list(runs), "suite": suite, "domain": domain}).fetchall()
    if not rows:
        return None
    where = f"samples of {', '.join(runs)}, suite {suite}"
    for item, _, _, _, complete in rows:
        if not complete:
            raise DataError(
                f'item "{item}" is missing, unscored or different in one of these runs',
                where=where,
                expected="the same items for every seed of a recipe",
                hint=again(*runs),
            )
    items, clusters, gold, correct, _ = zip(*rows, strict=True)
    groups = gold if metric in MEAN_OVER_GOLD else ("",) * len(items)
    try:
        return ItemScores(items=items, clusters=clusters, groups=groups, correct=np.array(correct, dtype=float).T)
    except DataError as error:
        raise DataError(error.what, where=where) from None


def recorded_mean(records: list[Record], metric: str) -> float | None:
    """Mean over seeds of the value in scores.json; null unless every seed has one."""
    values = [record["metrics"].get(metric, (None, 0))[0] for record in records]
    return None if None in values or not values else sum(values) / len(values)


def _asks_about(domains: frozenset[str], items: ItemScores | None) -> bool:
    """Whether an item belongs to one of the domains. Item ids begin with `<domain>/` (`QuestionSet.build`)."""
    return any(item.partition("/")[0] in domains for item in (items.items if items else ()))
