"""The kinds of YAML files of a project, each with the typed model that reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.config.declared_base import DeclaredBase
from harness.config.domain import Domain
from harness.config.family import Family
from harness.config.params import Params
from harness.config.project import RecipeFile
from harness.config.recipe import Recipe, Run
from harness.config.source import Sources
from harness.config.strict import StrictModel
from harness.config.suite import Suite


@dataclass(frozen=True)
class FileKind:
    """One kind of file."""

    name: str
    """The schema is docs/schema/<name>.json."""
    title: str
    """Heading in docs/reference.md."""
    paths: tuple[str, ...]
    """Patterns of the files, relative to the project."""
    model: type[StrictModel]
    not_written: tuple[str, ...] = ()
    """Fields of the model that come from the file's path, not from its text."""
    written: type[StrictModel] | None = None
    """The model of what a file holds beside the fields of `model`."""
    completed: tuple[str, ...] = ()
    """Models in it of which a file may hold a part, because another file completes them."""
    typed: Mapping[str, type[StrictModel]] = field(default_factory=dict)
    """Keys that the model leaves open, because it checks them later -> their type."""


KINDS = (
    FileKind("params", "params.yaml", ("params.yaml", "harness/profiles/*.yaml"), Params),
    FileKind(
        "recipe",
        "Recipes",
        ("recipes/*/[!_]*.yaml",),
        Recipe,
        not_written=("family", "name"),
        written=RecipeFile,
        completed=("Run", "Train"),
    ),
    FileKind("family", "Families", ("recipes/*/_family.yaml",), Family, completed=("Run", "Train"), typed={"run": Run}),
    FileKind("suite", "Suites", ("data/suites/*.yaml",), Suite),
    FileKind("domain", "Domains", ("data/domains/*.yaml",), Domain),
    FileKind("sources", "Sources", ("data/sources.yaml",), Sources),
    FileKind("base_model", "Base models of your own", ("data/base_models/*.yaml",), DeclaredBase),
)
"""All kinds, in the order of docs/reference.md."""
