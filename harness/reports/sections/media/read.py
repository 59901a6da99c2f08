"""What pictures, sound and table rows carry: each multi-modal recipe against a blind one, and with the files shuffled.

Everything is computed from the items in the store; harness/reports/page/media_samples.py adds the questions to look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from harness.evidence.families import Judged, judged_together
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import Estimate, difference_interval, score_interval
from harness.reports.board.measured.groups import protocols_of, read_groups
from harness.reports.board.measured.scored_groups import ScoredGroup, read_scores
from harness.reports.board.settings import Settings
from harness.reports.contract.rounding import rounded_bounds
from harness.reports.contract.sections.media import Bounds, MediaRow, MediaSet, ObjectsRow

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from harness.config.project import Project

SHUFFLED, OBJECTS = "shuffled", "objects"
"""Suites: the questions with the files of other items; questions about what is in a picture."""


def read_media(connection: DuckDBPyConnection, project: Project, settings: Settings) -> dict[str, MediaSet]:
    """Domain -> its multi-modal recipes, for the domains whose items have files.

    Raises:
        DataError: samples contradict each other.
    """
    found = {}
    for domain, of_domain in groupby(read_groups(connection, list(settings.suites)), key=lambda group: group.domain):
        groups = [group for group in of_domain if group.runs and group.domains == (domain,)]
        kind = project.media_of(domain)
        if kind is None or not groups:
            continue
        own = settings.on_domain({group.recipe_id for group in groups})
        protocols = protocols_of(groups, own.reference)
        scored = [read_scores(connection, group, protocols=protocols, suites=settings.suites) for group in groups]
        blind = next((one for one in scored if one.group.recipe_id in settings.family_references), None)
        found[domain] = MediaSet(
            kind=kind,
            blind=blind.group.recipe_id if blind else None,
            rows=_rows(scored, blind, own),
            objects=_objects(connection, project, domain, scored, blind, own),
            samples=[],
            figure=None,
        )
    return found


def _rows(scored: Sequence[ScoredGroup], blind: ScoredGroup | None, settings: Settings) -> list[MediaRow]:
    mains = [one.comparable_items(one.group.main_suite or "") for one in scored]
    plain = next((items for one, items in zip(scored, mains, strict=True) if one is blind), None)
    pairs = [(items, plain) if items and plain and items is not plain else None for items in mains]
    judged = judged_together(pairs, resampling=settings.resampling)
    rows = [_row(one, items, against, settings) for one, items, against in zip(scored, mains, judged, strict=True)]
    return sorted(rows, key=lambda row: (-(row.score.value if row.score else -1.0), row.recipe))


def _row(one: ScoredGroup, main: ItemScores | None, judged: Judged | None, settings: Settings) -> MediaRow:
    shuffled = one.comparable_items(SHUFFLED)
    carried = difference_interval(main, shuffled, resampling=settings.resampling) if main and shuffled else None
    return MediaRow(
        recipe=one.group.recipe_id,
        score=_bounds(score_interval(main, resampling=settings.resampling) if main else None),
        over_blind=_bounds(judged.difference if judged else None),
        verdict=settings.verdict_on(judged.difference, judged.p_adjusted) if judged else None,
        shuffled=_bounds(score_interval(shuffled, resampling=settings.resampling) if shuffled else None),
        carried=_bounds(carried),
        reason=None if carried else _reason(one),
    )


def _reason(one: ScoredGroup) -> str | None:
    """Why the row has no score, or none with shuffled files."""
    for suite in (one.group.main_suite or "", SHUFFLED):
        for record in one.group.asked.get(suite, ()):
            if record["reason"]:
                return str(record["reason"])
    return None


def _objects(
    connection: DuckDBPyConnection,
    project: Project,
    domain: str,
    scored: Sequence[ScoredGroup],
    blind: ScoredGroup | None,
    settings: Settings,
) -> list[ObjectsRow]:
    task = project.domain(domain).objects
    if task is None:
        return []
    asked = [(one, items) for one in scored if (items := one.comparable_items(OBJECTS)) is not None]
    plain = next((items for one, items in asked if one is blind), None)
    rows = []
    for one, items in asked:
        runs = [record["run_id"] for record in one.group.asked[OBJECTS]]
        against = plain if plain is not None and plain is not items else None
        difference = difference_interval(items, against, resampling=settings.resampling) if against else None
        accuracy = score_interval(items, resampling=settings.resampling)
        rows.append(
            ObjectsRow(
                recipe=one.group.recipe_id,
                accuracy=Bounds(**rounded_bounds(accuracy)),
                over_blind=_bounds(difference),
                says_yes=_share_of(connection, runs, domain=domain, answer=task.yes),
                n=items.n,
            )
        )
    return sorted(rows, key=lambda row: (-row.accuracy.value, row.recipe))


_ANSWERS = """
    SELECT avg(CAST(answer = $answer AS DOUBLE)) FROM samples
    WHERE suite = $suite AND domain = $domain AND list_contains($runs, run_id)"""


def _share_of(connection: DuckDBPyConnection, runs: Sequence[str], *, domain: str, answer: str) -> float:
    """Share of the questions about objects that the runs answered so."""
    given = {"answer": answer, "suite": OBJECTS, "domain": domain, "runs": list(runs)}
    (share,) = connection.execute(_ANSWERS, given).fetchone() or (None,)
    return round(float(share or 0.0), 6)


def _bounds(estimate: Estimate | None) -> Bounds | None:
    return None if estimate is None else Bounds(**rounded_bounds(estimate))
