"""The questions of a suite: from views of the run's domain, or from the suite's own question set."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from harness.config.project import Project
from harness.config.suite import Suite
from harness.items.item import Split
from harness.items.prepared import PreparedDomain
from harness.items.rows import content_hash
from harness.scoring.contract import SuiteKind
from harness.suites.contract import get_set
from harness.suites.questions_on_disk import read_questions


@dataclass(frozen=True)
class Gathered:
    """The questions of one suite on one domain."""

    questions: list[Any] = field(default_factory=list)
    data: dict[str, str] = field(default_factory=dict)
    """Place of the questions -> sha256 of all rows there; part of the protocol."""
    reason: str | None = None
    """Why there are no questions, or fewer than rows."""


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

    If a suite asks several views, the view's name is appended to the ids, so that they stay unique. Questions of a set
    that are about the run's own domain are left out, or are the only ones that are asked (`QuestionSet`).

    Raises:
        DataError: the question set does not exist, or a view is not what was prepared.
    """
    limit = min((n for n in (suite.items, project.params.scoring.items, items) if n), default=None)
    if suite.questions:
        rows, digest = read_questions(project.questions_folder, suite.questions)
        own = get_set(suite.questions).of_own_domain
        rows = [row for row in rows if row.id.startswith(f"{domain.name}/") == own]
        if not rows:
            nothing = f"the set {suite.questions} has no questions about the domain"
            return Gathered(reason=nothing if own else "there is no other domain to ask about")
        if own:  # the questions of further domains are no part of the protocol
            digest = content_hash(rows)
        return _usable({suite.questions: rows}, {suite.questions: digest}, limit=limit, kind=kind)
    found = {view: domain.rows(kind.row, view, split) for view in suite.views if view in domain.meta["views"]}
    if not any(found.values()):
        return Gathered(reason=f"the domain has no {' or '.join(suite.views)}")
    part = "" if split == "test" else f":{split}"  # scores on another split have another protocol
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
