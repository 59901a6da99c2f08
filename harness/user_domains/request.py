"""The arguments of `harness domain add`, and whether the name and the folds that they ask for are possible."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.check.files import NAME
from harness.config.domain import MOST_FOLDS
from harness.config.project import Project
from harness.errors import ConfigError, did_you_mean
from harness.user_domains.domain_file import BUILDERS, MADE_FROM
from harness.user_files.columns import Columns
from harness.user_files.folders.paths import LabelFrom
from harness.user_files.layout import DECIDED_BY_FILE, Layout

LONGEST_NAME = 40
"""Most characters of a domain name, which becomes part of folder names, run names and board columns."""


@dataclass(frozen=True)
class Request:
    """The arguments of `harness domain add`."""

    name: str
    file: Path
    columns: Columns
    format: str | None = None
    """Record format; None: recognise it."""
    licence: str | None = None
    """SPDX identifier; None: the one of the replaced domain, or `DEFAULT_LICENCE`."""
    origin: str | None = None
    """Whom to credit; None: as in the replaced domain, or the name of the file."""
    title: str | None = None
    """Title of the domain; None: as in the replaced domain, or made from the name."""
    is_replacement: bool = False
    """Replace the file of an existing domain."""
    layout: Layout = DECIDED_BY_FILE
    """How tables and plain text are cut into records."""
    pattern: str | None = None
    """Which files of a folder are read, as a glob pattern; None: all that hold records."""
    label_from: LabelFrom | None = None
    """Where the label of the records of a folder is; None: recognise it."""
    folds: int | None = None
    """Folds of a cross-validation; None: as in the replaced domain, or a single test split."""
    target: str | None = None
    """Column of a table that holds the label of its row; the other columns are shown. None: the file holds texts."""


def check_folds(request: Request) -> None:
    """Pass if the number of folds is possible.

    Raises:
        ConfigError: it is out of range.
    """
    if request.folds is not None and not 2 <= request.folds <= MOST_FOLDS:
        hint = "5 is usual; leave it out for one test split"
        raise ConfigError(f"{request.folds} folds", where="--folds", expected=f"2 to {MOST_FOLDS}", hint=hint)


def check_name(project: Project, request: Request) -> None:
    """Pass if a new domain may have this name, or if the domain to replace exists and was made from a file.

    Raises:
        ConfigError: the name is invalid, exists already, is the name of a source, or belongs to a built-in domain or
            to a fold; or there is no domain to replace.
    """
    name = request.name
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        what = f'"{name[: 2 * LONGEST_NAME]}" cannot name a domain'
        expected = f"a small letter, then small letters, digits and underscores; at most {LONGEST_NAME} characters"
        raise ConfigError(what, expected=expected, hint="choose another name")
    exists = name in project.domain_names
    base = project.domain(name).fold_of if exists else None
    if base:
        hint = f"name the domain: `harness domain add {base} FILE --replace`"
        raise ConfigError(f"{name} is a fold of {base}", where=f"data/domains/{name}.yaml", hint=hint)
    if exists and not request.is_replacement:
        hint = "choose another name, or use --replace to update its file"
        raise ConfigError(f'the domain "{name}" exists already', where=f"data/domains/{name}.yaml", hint=hint)
    if exists and project.domain(name).builder not in BUILDERS:
        what = f"the domain is built in (builder {project.domain(name).builder}); a file cannot replace it"
        raise ConfigError(what, where=f"data/domains/{name}.yaml", hint="choose another name")
    if request.is_replacement and not exists:
        hint = f"remove --replace, or correct the name: {did_you_mean(name, project.domain_names)}"
        raise ConfigError(f'there is no domain "{name}" to replace', hint=hint)
    if not exists and name in project.sources:
        where = f"data/sources.yaml: {name}"
        raise ConfigError(f'a source named "{name}" exists already', where=where, hint="choose another name")


def check_same_builder(project: Project, request: Request, builder: str) -> None:
    """Pass if the domain does not exist yet, or was made with this builder: its file keeps the tasks that fit it.

    Raises:
        ConfigError: it was made with another one.
    """
    if request.name in project.domain_names and project.domain(request.name).builder != builder:
        made = MADE_FROM[project.domain(request.name).builder]
        raise ConfigError(
            f"the domain was made from {made}, and {request.file} is read as {MADE_FROM[builder]}",
            where=f"data/domains/{request.name}.yaml",
            hint="choose another name, or remove the domain first (`harness domain remove`)",
        )
