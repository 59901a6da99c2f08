"""Two recipes or runs on one domain: the difference on each suite, its verdict, and the items behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from harness.config.project import Project
from harness.config.strict import StrictModel
from harness.evidence.holm import holm
from harness.reports.board.measured.groups import read_groups
from harness.reports.board.settings import Settings
from harness.reports.compare.answers import answered
from harness.reports.compare.flips import Flips, flips
from harness.reports.compare.item_texts import Texts, item_texts
from harness.reports.compare.selection import Selection, in_domain, pairs, selections_of
from harness.reports.compare.suite_difference import SuiteDifference, SuitePair
from harness.store.parquet_views import open_store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Comparison(StrictModel):
    """Two sides on one domain."""

    domain: str
    first: str
    second: str
    first_seeds: list[int]
    second_seeds: list[int]
    notes: list[str]
    """Seeds that failed and so are in no figure."""
    confidence: float
    margin: float
    suites: list[SuiteDifference]


@dataclass(frozen=True)
class Wanted:
    """What to show of a comparison."""

    suite: str | None
    """null: every suite that either side was scored on."""
    limit: int
    """Most flips and clusters in each list."""


def comparisons(project: Project, names: tuple[str, str], *, domain: str | None, wanted: Wanted) -> list[Comparison]:
    """One comparison for each domain that both names have.

    Raises:
        DataError: no store, an unknown name, domain or suite, or a run that failed.
    """
    settings = Settings.of(project)
    connection = open_store(project.root)
    try:
        groups = read_groups(connection, list(settings.suites))
        first, second = (in_domain(selections_of(groups, name), domain) for name in names)
        return [
            _compare(
                connection,
                sides,
                wanted=wanted,
                settings=settings,
                texts=partial(item_texts, project, domain=sides[0].domain),
            )
            for sides in pairs(first, second)
        ]
    finally:
        connection.close()


def _compare(
    connection: DuckDBPyConnection,
    sides: tuple[Selection, Selection],
    *,
    wanted: Wanted,
    settings: Settings,
    texts: Callable[[str], Texts],
) -> Comparison:
    """`texts` gives the questions of a suite."""
    found = [SuitePair.read(connection, sides, suite) for suite in _suites(sides, wanted)]
    estimates = [one.estimate(settings) for one in found]
    adjusted = holm([estimate.p_value if estimate else None for estimate in estimates])
    family = sum(p is not None for p in adjusted)
    suites = []
    for one, estimate, p in zip(found, estimates, adjusted, strict=True):
        difference = one.judged(estimate, p, family=family, settings=settings)
        if estimate:
            known = texts(one.suite)
            shown = _flips(connection, sides, one.suite, texts=known, limit=wanted.limit)
            difference = difference.model_copy(update={"flips": shown, "texts": known.reason})
        suites.append(difference)
    first, second = sides
    return Comparison(
        domain=first.domain,
        first=first.name,
        second=second.name,
        first_seeds=list(first.seeds),
        second_seeds=list(second.seeds),
        notes=[f"{side.name} failed, {which}" for side in sides for which in side.failed],
        confidence=settings.resampling.confidence,
        margin=settings.margin,
        suites=suites,
    )


def _suites(sides: tuple[Selection, Selection], wanted: Wanted) -> list[str]:
    """The wanted suite, else all suites of either side.

    Raises:
        DataError: neither side was scored on the wanted suite.
    """
    names = list(dict.fromkeys([*sides[0].suites, *sides[1].suites]))
    if wanted.suite is None:
        return names
    if wanted.suite not in names:
        sides[0].records(wanted.suite)
    return [wanted.suite]


def _flips(
    connection: DuckDBPyConnection, sides: tuple[Selection, Selection], suite: str, *, texts: Texts, limit: int
) -> Flips:
    first, second = (
        answered(connection, runs=side.run_ids(suite), suite=suite, domain=side.domain, texts=texts) for side in sides
    )
    return flips(first, second, texts=texts, limit=limit)
