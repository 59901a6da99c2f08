"""Checks of the files of base models that the user has added (`data/base_models/*.yaml`)."""

from __future__ import annotations

from harness.config.complaints import Complaints, gathered
from harness.config.declared_base import DeclaredBase
from harness.config.project import Project
from harness.config.strict import load, read_yaml
from harness.errors import HarnessError
from harness.models.base_roles import BASE_ROLES


def declared_base_problems(project: Project) -> list[HarnessError]:
    """Files that are wrong, and roles and sources that do not exist."""
    problems: list[HarnessError] = []
    sources: dict[str, object] = {}
    with gathered([]):  # a broken data/sources.yaml is reported with the domains
        sources = dict(project.sources)
    for path in sorted((project.root / "data/base_models").glob("*.yaml")):
        with gathered(problems):
            base = load(DeclaredBase, path)
            complaints = Complaints(path, read_yaml(path))
            if base.role not in BASE_ROLES:
                complaints.unknown("base role", base.role, BASE_ROLES, "role")
            if sources and base.model.source not in sources:
                complaints.unknown("source", base.model.source, sources, "model", "source")
            problems += complaints.found
    return problems
