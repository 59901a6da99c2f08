"""What a suite asks: questions of the run's domain, or of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from harness.config.project import Project
from harness.config.suite import Suite
from harness.items.item import Split
from harness.items.prepared import PreparedDomain
from harness.scoring.contract import SuiteKind
from harness.suites.questions_on_disk import read_questions


@dataclass(frozen=True)
class Gathered:
    """The questions of one suite on one domain."""

    questions: list[Any] = field(default_factory=list)
    data: dict[str, str] = field(default_factory=dict)
    """Where they come from -> sha256 of all that lies there; part of the protocol."""
    reason: str | None = None
    """Why there are none, or fewer than there are rows."""


def gather(
    project: Project,
    suite: Suite,
    *,
    kind: SuiteKind,
    domain: PreparedDomain,
    split: Split = "test",
    items: int | None = None,
) -> Gathered:
    """The first `suite.items` of every view that the domain has, or of the suite's own questions; at most `items`.

    Where a suite asks several views, ids get the view's name, so that they stay apart. Own questions that belong to
    the run's domain are not asked (`QuestionSet.build`).

    Raises:
        DataError: the suite's own questions are not made, or a view is not what was prepared.
    """
    limit = min((n for n in (suite.items, project.params.scoring.items, items) if n), default=None)
    if suite.questions:
        rows, digest = read_questions(project.questions_folder, suite.questions)
        rows = [row for row in rows if not row.id.startswith(f"{domain.name}/")]
        if not rows:
            return Gathered(reason="there is no other domain to ask about")
        return _usable({suite.questions: rows}, {suite.questions: digest}, limit=limit, kind=kind)
    found = {view: domain.rows(kind.row, view, split) for view in suite.views if view in domain.meta["views"]}
    if not any(found.values()):
        return Gathered(reason=f"the domain has no {' or '.join(suite.views)}")
    part = "" if split == "test" else f":{split}"  # scores of other items are of another protocol
    hashes = {f"{domain.name}/{view}{part}": domain.view_hash(view) for view in found}
    if len(suite.views) > 1:
        found = {view: [replace(row, id=f"{row.id}:{view}") for row in rows] for view, rows in found.items()}
    return _usable(found, hashes, limit=limit, kind=kind)


def _usable(found: dict[str, list[Any]], hashes: dict[str, str], *, limit: int | None, kind: SuiteKind) -> Gathered:
    fit = {place: [row for row in rows if kind.can_ask(row)] for place, rows in found.items()}
    known, usable = sum(map(len, found.values())), sum(map(len, fit.values()))
    what = " or ".join(found)
    if not usable:
        return Gathered(reason=f"the domain has no {what} with {kind.lacking}")
    lacking = f"{known - usable} of {known} questions ({what}) lack {kind.lacking} and were left out"
    questions = [row for rows in fit.values() for row in rows[:limit]]
    return Gathered(questions, hashes, lacking if usable < known else None)
