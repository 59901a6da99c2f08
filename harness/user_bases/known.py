"""All base models that `harness base use` knows: those that were added, and those of the profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.config.declared_base import DeclaredBase
from harness.config.edits.profile import profile_files
from harness.config.params import Params
from harness.config.project import Project
from harness.config.strict import load
from harness.errors import ConfigError, did_you_mean
from harness.user_bases.registration import is_used


@dataclass(frozen=True)
class KnownBase:
    """A base model and where it is described."""

    base: DeclaredBase
    origin: str
    """`added`, or `profile cpu`."""


def known_bases(project: Project) -> Mapping[str, KnownBase]:
    """Name -> base model. Added ones come first; of a name in several profiles the first counts."""
    found = {name: KnownBase(base, "added") for name, base in project.declared_bases.items()}
    for path in profile_files(project.root):
        for role, spec in load(Params, path).base_models.items():
            found.setdefault(spec.name, KnownBase(DeclaredBase(role=role, model=spec), f"profile {path.stem}"))
    return found


def known_base(project: Project, name: str) -> KnownBase:
    """One of them.

    Raises:
        ConfigError: there is no such base model.
    """
    known = known_bases(project)
    if name not in known:
        hint = did_you_mean(name, known)
        raise ConfigError(f'there is no base model "{name}"', where="data/base_models", hint=hint)
    return known[name]


def table_lines(project: Project) -> list[str]:
    """One line per base model; `*` marks those that recipes start from now."""
    rows = [("", "name", "role", "source", "from")]
    for name, one in known_bases(project).items():
        mark = "*" if is_used(project.params, one.base) else " "
        rows.append((mark, name, one.base.role, one.base.model.source, one.origin))
    own = [spec for spec in project.params.base_models.values() if spec.name not in known_bases(project)]
    rows += [
        ("*", spec.name, role, spec.source, "params.yaml")
        for role, spec in project.params.base_models.items()
        if spec in own
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
