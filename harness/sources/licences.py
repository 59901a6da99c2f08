"""Licences and credits of the sources in use, for the reports."""

from __future__ import annotations

from harness.config.project import Project
from harness.sources.identity import identity_text


def licence_table(project: Project) -> list[dict[str, str]]:
    """One row per source of params.yaml, in its order: name, identity, licence, origin.

    Raises:
        ConfigError: params.yaml or data/sources.yaml is invalid, or a source is unknown.
    """
    rows = []
    for name in project.params.sources:
        source = project.source(name)
        rows.append(
            {
                "name": name,
                "identity": identity_text(source),
                "licence": source.licence,
                "origin": source.origin,
            }
        )
    return rows
