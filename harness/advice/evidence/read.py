"""Read the evidence of a project: the board of the records on this disk, and the scores of single items behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from harness.advice.evidence.arm import Arm, arm_of, by_domain
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import Resampling
from harness.own.board_here import board_here, has_records
from harness.own.records_here import BOARD
from harness.reports.board.measured.groups import protocols_of, read_groups
from harness.reports.board.measured.scored_groups import read_scores
from harness.reports.board.settings import Settings
from harness.store.parquet_views import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from harness.config.project import Project
    from harness.reports.contract.leaderboard import Leaderboard

WITHOUT_RECORDS = (
    "no record of a run is on this disk: the rows come from reports/leaderboard.json, and recipes are told apart only "
    "as far as that board says"
)

_Key = tuple[str, str, str | None]
"""Domain, recipe and protocol hash of the suite that ranks."""


@dataclass(frozen=True)
class Evidence:
    """Everything that was measured."""

    arms: Mapping[str, list[Arm]]
    """Domain -> its arms by falling score."""
    reference: str | None
    """Id of the recipe that differences are taken to."""
    resampling: Resampling
    margin: float
    """Difference that counts as none. Fraction."""
    currency: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Behind:
    """What a row of the board does not hold itself."""

    items: ItemScores | None
    total_parameters: int | None


def read_evidence(project: Project) -> Evidence:
    """All ranked rows of the records on this disk; without records those of the committed board.

    Raises:
        DataError: there is neither a record nor a board, or a record is broken.
        ConfigError: a YAML file is wrong.
    """
    board = board_here(project)
    if not has_records(project.root):
        return _evidence(project, board, {}, [WITHOUT_RECORDS])
    return evidence_of(project, board, reports=project.root / BOARD)


def evidence_of(project: Project, board: Leaderboard, *, reports: Path) -> Evidence:
    """The ranked rows of a board, with the scores of single items from the store in `reports` that it was made from.

    Raises:
        DataError: there is no store.
        ConfigError: a YAML file is wrong.
    """
    connection = open_store(project.root, reports=reports)
    try:
        behind = _behind(connection, Settings.of(project))
    finally:
        connection.close()
    return _evidence(project, board, behind, [])


def _evidence(project: Project, board: Leaderboard, behind: Mapping[_Key, _Behind], notes: list[str]) -> Evidence:
    settings = Settings.of(project)
    found = []
    for row in board.rows:
        more = behind.get((row.domain, row.recipe_id, row.protocol_hash), _Behind(None, None))
        arm = arm_of(
            row,
            reference=settings.reference,
            items=more.items,
            total_parameters=more.total_parameters,
            confidence=board.protocol.confidence,
        )
        found += [arm] if arm else []
    stale = sum(arm.stale is not None for arm in found)
    notes += [f"{stale} of {len(found)} rows are stale: their seconds, money and memory do not count"] if stale else []
    return Evidence(
        by_domain(found),
        settings.reference,
        settings.resampling,
        settings.margin,
        board.protocol.prices.currency,
        tuple(notes),
    )


def _behind(connection: DuckDBPyConnection, settings: Settings) -> dict[_Key, _Behind]:
    found: dict[_Key, _Behind] = {}
    for domain, of_domain in groupby(read_groups(connection, list(settings.suites)), key=lambda group: group.domain):
        groups = list(of_domain)
        protocols = protocols_of(groups, settings.reference)
        for group in groups:
            if not group.runs or group.domains != (domain,) or group.main_suite is None:
                continue
            scored = read_scores(connection, group, protocols=protocols, suites=settings.suites)
            sizes = [run["total_parameters"] for run in group.runs if run["total_parameters"]]
            hash_ = group.asked[group.main_suite][0]["protocol_hash"]
            key = (domain, group.recipe_id, hash_)
            found[key] = _Behind(scored.comparable_items(group.main_suite), max(sizes, default=None))
    return found
