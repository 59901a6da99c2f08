"""The project as one run may see it: which domains it may read beside its own, and which suites it is asked."""

from __future__ import annotations

import copy
from typing import Any

from harness.config.folds import folds_of
from harness.config.project import Project, RunKey


def as_seen_by(project: Project, key: RunKey) -> Project:
    """The project without the domains that the run may not read, and with the further suites of its family.

    Hidden are the other folds of the domain that it learns: they train on items that the run is asked about. Of other
    domains with folds, only the first fold remains, because all of them hold the same items. Other domains whose items
    have files are hidden as well: no method learns from them beside its own domain.
    """
    hidden, params = _hidden(project, key), project.params
    changed: dict[str, Any] = {}
    if hidden & set(params.prepared_domains):
        changed["prepared_domains"] = [name for name in params.prepared_domains if name not in hidden]
    if further := params.more_suites.get(key.family):
        changed["suites"] = list(dict.fromkeys([*params.suites, *further]))
    if not changed:
        return project
    seen = copy.copy(project)
    seen.__dict__["params"] = params.model_copy(update=changed)
    return seen


def _hidden(project: Project, key: RunKey) -> set[str]:
    bases = project.bases_of_folds
    own = {bases[name] for name in key.domains if name in bases}
    first = {folds_of(project, base)[0] for base in set(bases.values()) - own}
    with_files = {name for name in project.params.prepared_domains if project.media_of(name)}
    return ((bases.keys() - first) | with_files) - set(key.domains)
