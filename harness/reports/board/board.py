"""From the store to the rows of the board: the seeds of a recipe pooled, every score with its interval.

Pure but for reading: the same Parquet files and settings give the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from harness.evidence.item_scores import ItemScores
from harness.reports.board.cells import LEARNT, NOT_COMPARABLE, deltas_to, score_cell, suite_cell
from harness.reports.board.items import scores_of
from harness.reports.board.pooling import row_facts
from harness.reports.board.ranking import Contender, with_ranks
from harness.reports.board.rows import DeltaCell, Row
from harness.reports.board.runs import Group, Signature, agrees, protocol_of, protocols_of, read_groups
from harness.reports.board.settings import REFERENCE, Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def read_board(connection: DuckDBPyConnection, settings: Settings) -> list[Contender]:
    """All rows by domain: ranked by falling score, then without a score, of another protocol, failed.

    Raises:
        DataError: samples that contradict each other.
    """
    found: list[Contender] = []
    groups = read_groups(connection, list(settings.suites))
    for _, of_domain in groupby(groups, key=lambda group: group.domain):
        found += _of_domain(connection, list(of_domain), settings)
    return with_ranks(sorted(found, key=_order), settings.resampling)


def _of_domain(connection: DuckDBPyConnection, groups: list[Group], settings: Settings) -> list[Contender]:
    protocol, protocols = protocol_of(groups, REFERENCE), protocols_of(groups, REFERENCE)
    scored = [_scored(connection, group, protocols, settings) for group in groups]
    place = next((i for i, s in enumerate(scored) if s.is_reference(protocol)), None)
    deltas = {
        suite: deltas_to([one.comparable(suite) for one in scored], place, settings=settings) for suite in protocols
    }
    return [
        Contender(
            row=_row(
                one,
                settings=settings,
                deltas={suite: cells[i] for suite, cells in deltas.items()},
                comparable=agrees(one.group.signature, protocol),
            ),
            items=one.score,
        )
        for i, one in enumerate(scored)
    ]


@dataclass(frozen=True)
class _Scored:
    """A group with the scores of its items."""

    group: Group
    items: Mapping[str, ItemScores | None]
    """By suite."""
    other_protocol: frozenset[str]
    """Suites that were scored by another one."""
    learnt: frozenset[str]
    """Suites that tell what was forgotten of other domains, where it was trained on one of those."""

    @property
    def main_suite(self) -> str | None:
        """The suite that ranks."""
        suites = self.group.suites.get("score")
        return suites[0]["suite"] if suites else None

    @property
    def score(self) -> ItemScores | None:
        """Its items."""
        return self.items.get(self.main_suite or "")

    def comparable(self, suite: str) -> ItemScores | None:
        """The items of a suite; null where it was scored by another protocol than the one that ranks, or learnt."""
        return None if suite in self.other_protocol | self.learnt else self.items.get(suite)

    def is_reference(self, protocol: Signature) -> bool:
        """Whether the others are compared with it."""
        return self.group.recipe_id == REFERENCE and self.group.signature == protocol


def _scored(connection: DuckDBPyConnection, group: Group, protocols: Mapping[str, str], settings: Settings) -> _Scored:
    other = {
        suite
        for suite, records in group.asked.items()
        if any(record["protocol_hash"] != protocols[suite] for record in records)
    }
    items = {suite: scores_of(connection, records, domain=group.domain) for suite, records in group.asked.items()}
    retained = [suite for suite in items if suite in settings.suites and settings.suites[suite].retained]
    learnt = [suite for suite in retained if _asks_about(group.further_domains, items[suite])]
    return _Scored(group, items, frozenset(other), frozenset(learnt))


def _asks_about(domains: frozenset[str], items: ItemScores | None) -> bool:
    """Whether an item belongs to one of the domains, as ids `<domain>/...` say (`QuestionSet.build`)."""
    return any(item.partition("/")[0] in domains for item in (items.items if items else ()))


def _order(contender: Contender) -> tuple[Any, ...]:
    row = contender.row
    score = row.score.value if row.score else 0.0
    return (
        row.domain,
        row.status == "failed",
        not row.comparable,
        row.score is None,
        -score,
        row.recipe_id,
        str(row.protocol_hash),
    )


def _row(scored: _Scored, *, settings: Settings, deltas: Mapping[str, DeltaCell | None], comparable: bool) -> Row:
    group, facts = scored.group, row_facts(scored.group)
    cells = {
        suite: suite_cell(records, scored.items[suite], settings=settings, delta=deltas[suite])
        for suite, records in group.asked.items()
    }
    cells |= {suite: cells[suite].model_copy(update=NOT_COMPARABLE | {"reason": LEARNT}) for suite in scored.learnt}
    shown = {column: cells[suites[0]["suite"]] for column, suites in group.suites.items()}
    score = shown.get("score")
    if score and facts["reason"] is None:
        facts["reason"] = score.reason
    return Row(
        **facts,
        n=score.n if score else None,
        score=score_cell(score),
        hallucination=shown.get("hallucination"),
        safety=shown.get("safety"),
        retention=shown.get("retention"),
        suites={
            suite: cell.model_copy(update=NOT_COMPARABLE) if suite in scored.other_protocol else cell
            for suite, cell in cells.items()
        },
        delta=score.delta if score and comparable else None,
        protocol_hash=score.protocol_hash if score else None,
        comparable=comparable,
    )
