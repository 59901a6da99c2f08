"""From the store to the rows of the board, in one direction.

              measured/                    judged/                              rows/
    store --> groups --> scored_groups --> estimates --+--> differences -----+--> row --> findings
                                                       +--> ranks -----------+
                                                       '--> baseline_leads --'

Only the first two steps read the store. The same Parquet files and settings give the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from harness.reports.board.judged.baseline_leads import BaselineLead, baseline_leads
from harness.reports.board.judged.differences import differences
from harness.reports.board.judged.estimates import estimated
from harness.reports.board.judged.ranks import rank_cells
from harness.reports.board.measured.groups import protocol_of, protocols_of, read_groups
from harness.reports.board.measured.scored_groups import ScoredGroup, read_scores
from harness.reports.board.rows.machines import machine_cell, usual_kind, usual_memory
from harness.reports.board.rows.row import row_of
from harness.reports.board.settings import Settings
from harness.reports.contract.rows import Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class DomainBoard:
    """The board of one domain."""

    domain: str
    rows: list[Row]
    """By falling score, then rows without a score, of another protocol, failed rows."""
    leads: list[BaselineLead]
    """Fine-tunes that a simple baseline beats; places refer to `rows`."""


def read_board(connection: DuckDBPyConnection, settings: Settings) -> list[DomainBoard]:
    """The boards of all domains, the one with the most rows first. Sequences have a section of their own.

    Raises:
        DataError: samples contradict each other.
    """
    found = []
    groups = [one for one in read_groups(connection, list(settings.suites)) if one.recipe_id not in settings.stepwise]
    for domain, of_domain in groupby(groups, key=lambda group: group.domain):
        asked = list(of_domain)
        own = settings.on_domain({one.recipe_id for one in asked if one.runs})
        protocols = protocols_of(asked, own.reference)
        scored = [read_scores(connection, one, protocols=protocols, suites=settings.suites) for one in asked]
        found.append(domain_board(domain, scored, own))
    return found


def domain_board(domain: str, scored: Sequence[ScoredGroup], settings: Settings) -> DomainBoard:
    """The board of one domain, from the item scores of its groups."""
    protocol = protocol_of([one.group for one in scored], settings.reference)
    found = estimated(scored, protocol=protocol, resampling=settings.resampling)
    in_order = [one.scored for one in found]
    references = (one for one in in_order if one.group.belongs_to(settings.reference))
    reference = next((one for one in references if one.group.signature == protocol), None)
    deltas = differences(in_order, reference, settings)
    ranks = rank_cells(found, settings.resampling)
    usual = usual_kind([one.group for one in in_order], settings.reference)
    memory = usual_memory([one.group for one in in_order])
    rows = [
        row_of(
            one,
            deltas=of_one,
            rank=rank,
            machine=machine_cell(one.scored.group, usual, memory=memory),
            settings=settings,
        )
        for one, of_one, rank in zip(found, deltas, ranks, strict=True)
    ]
    return DomainBoard(domain, rows, baseline_leads(found, settings))
