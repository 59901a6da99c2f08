"""`harness domain add NAME FILE`: read the file, report on it, and enter it as a domain; nothing is written by halves.

FILE --read--> items --inspect--> report
                 `--plan--> data/domains/NAME.yaml, data/sources.yaml, params.yaml --check--> written, or all as before
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from harness.check.files import NAME
from harness.config.domain import Domain
from harness.config.project import Project
from harness.config.source import PathSource
from harness.domains.collect import check_items, check_tasks
from harness.domains.duplicates import Deduplicated, deduplicate
from harness.errors import ConfigError, DataError, did_you_mean
from harness.items.item import Item
from harness.preparation.prepare import check_labels
from harness.sources.checksum import sha256_file
from harness.user_domains.domain_file import BUILDER, as_domain, domain_yaml, rewritten_domain
from harness.user_domains.inspect.inspection import Inspection, inspect_items
from harness.user_domains.inspect.lengths import ruler_of
from harness.user_domains.own_file import OwnFile, own_file
from harness.user_domains.planned_splits import PlannedSplits, check_enough, plan_splits, split_sizes
from harness.user_domains.registration import Change, entered
from harness.user_files.reading import Columns, Reading, check_labels_of_file, read_items

DEFAULT_LICENCE = "LicenseRef-Proprietary"
"""SPDX's way to say that it is not one of the listed licences."""
LONGEST_NAME = 40
"""Characters: the names of folders, of runs and the columns of boards hold it."""
NOTHING_TO_LEARN = "has neither labels nor answers, which is what the recipes learn from; it is prepared for other uses"


@dataclass(frozen=True)
class Request:
    """What the user asks for."""

    name: str
    file: Path
    columns: Columns
    format: str | None = None
    """Record format; None: recognised."""
    licence: str | None = None
    """SPDX identifier; None: proprietary, or what a replaced domain had."""
    origin: str | None = None
    """Whom to credit; None: the file's name, or what a replaced domain had."""
    title: str | None = None
    """None: the name, or what a replaced domain had."""
    is_replacement: bool = False


@dataclass(frozen=True)
class Look:
    """What the file holds, before anything is decided about it."""

    file: OwnFile
    sha256: str
    reading: Reading
    unique: Deduplicated
    inspection: Inspection


@dataclass(frozen=True)
class Plan:
    """What adding the domain would write."""

    domain: Domain
    splits: PlannedSplits
    changes: tuple[Change, ...]
    """Files with their whole new text."""
    skip: str | None
    """Why recipes are not run on it; None if they are."""


def look(project: Project, request: Request) -> Look:
    """Read and inspect the file; writes nothing.

    Raises:
        ConfigError: the name is taken or no name, or params.yaml is wrong.
        DataError: the file cannot be used.
    """
    check_name(project, request)
    file = own_file(request.file, root=project.root)
    sha256 = sha256_file(file.path)
    reading = read_items(file.path, columns=request.columns, format=request.format)
    if sha256_file(file.path) != sha256:
        raise DataError("changed while it was read", where=str(request.file), hint="wait for its writer, then repeat")
    unique = deduplicate(reading.items)
    if not unique.items:
        raise DataError(
            f"all {len(reading.items)} items contradict each other: each text occurs with several labels",
            where=str(request.file),
            hint="check which column is the text and which the label",
        )
    inspection = inspect_items(
        reading.items,
        unique,
        records=reading.records,
        notes=reading.notes,
        ruler=ruler_of(project.root / "data/bases/causal_lm"),
        limit=project.params.budget.max_length,
    )
    return Look(file, sha256, reading, unique, inspection)


def check_name(project: Project, request: Request) -> None:
    """Refuse what cannot name a new domain, or an old one if it is to be replaced.

    Raises:
        ConfigError: saying which.
    """
    name = request.name
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        what = f'"{name[: 2 * LONGEST_NAME]}" cannot name a domain'
        expected = f"a small letter, then small letters, digits and underscores; {LONGEST_NAME} characters at most"
        raise ConfigError(what, expected=expected)
    exists = name in project.domain_names
    if exists and not request.is_replacement:
        hint = "give another name, or --replace to pin the file anew"
        raise ConfigError("the domain exists already", where=f"data/domains/{name}.yaml", hint=hint)
    if exists and project.domain(name).builder != BUILDER:
        what = f"the domain is built in (builder {project.domain(name).builder}), so no file can replace it"
        raise ConfigError(what, where=f"data/domains/{name}.yaml", hint="give your file another name")
    if request.is_replacement and not exists:
        hint = f"leave --replace out, or {did_you_mean(name, project.domain_names)}"
        raise ConfigError(f'there is no domain "{name}" to replace', hint=hint)
    if not exists and name in project.sources:
        where = f"data/sources.yaml: {name}"
        raise ConfigError(f'a source is named "{name}" already', where=where, hint="give another name")


def plan(project: Project, request: Request, seen: Look) -> Plan:
    """Everything that adding would write, checked as `collect` and `prepare` will; writes nothing.

    Raises:
        DataError: the items cannot be split or learnt.
        ConfigError: an existing file is wrong.
    """
    where = str(request.file)
    path = project.root / f"data/domains/{request.name}.yaml"
    items = seen.unique.items
    with _located(where):
        check_enough(items)
    check_labels_of_file(items, where=where)
    with _located(where):
        text = _domain_text(request, seen, path=path)
    domain = as_domain(text, path=path)
    renamed = _renamed(items, domain, where=str(path))
    check_items(renamed, where=where)
    check_tasks(renamed, domain, where=str(path))
    labels = sorted({item.label for item in renamed if item.label is not None})
    check_labels(labels, where=where, classified=domain.classify is not None)
    with _located(where):
        splits = plan_splits(renamed, domain.splits)
    skip = None if domain.classify or domain.answer else f"its {seen.reading.format} file {NOTHING_TO_LEARN}"
    source = _source(project, request, seen, source_name=domain.source)
    registered = entered(project.root, request.name, source_name=domain.source, source=source, skip=skip)
    return Plan(domain, splits, (Change(path, text), *registered), skip)


def _domain_text(request: Request, seen: Look, *, path: Path) -> str:
    reading = seen.reading
    options = {"file": seen.file.path.name, "format": reading.format, **reading.columns.named}
    title = " ".join((request.title or "").split()) or None
    if path.is_file():
        return rewritten_domain(path, options=options, title=title)
    return domain_yaml(
        request.name,
        title=title or request.name.replace("_", " ").capitalize(),
        summary=f"Records of {seen.file.path.name}: {_summary(seen.unique.items)}.",
        language=_language(seen.inspection),
        options=options,
        splits=split_sizes(seen.unique.items),
        items=seen.unique.items,
    )


def _summary(items: Sequence[Item]) -> str:
    has = {
        "find the label of a text": any(item.label is not None for item in items),
        "answer as the file does": any(item.answer is not None for item in items),
        "find what belongs to a text": any(item.positive is not None for item in items),
    }
    return ", ".join(task for task, is_served in has.items() if is_served) or "plain text to read"


def _language(inspection: Inspection) -> str:
    """That of most texts, else English, in which the prompts are."""
    mix = inspection.language.languages
    return mix[0].code if mix and mix[0].share >= 0.5 else "en"


def _renamed(items: Sequence[Item], domain: Domain, *, where: str) -> list[Item]:
    names = domain.classify.label_names if domain.classify else {}
    if not names:
        return list(items)
    lacking = sorted({item.label for item in items if item.label is not None} - names.keys())
    if lacking:
        what = f"{len(lacking)} labels of the file have no name, such as {lacking[0]!r}"
        raise ConfigError(what, where=f"{where}: classify.label_names", hint="add them there, or remove label_names")
    return [item if item.label is None else replace(item, label=names[item.label]) for item in items]


@contextmanager
def _located(where: str) -> Iterator[None]:
    """Errors about items, which do not know their file, get its name."""
    try:
        yield
    except DataError as error:
        raise DataError(error.what, where=error.where or where, expected=error.expected, hint=error.hint) from None


def _own_origin(path: Path) -> str:
    return f"{path.name}, a file of the user's own"


def _source(project: Project, request: Request, seen: Look, *, source_name: str) -> PathSource:
    """The pin of the file; what a replaced one said of licence and origin stays unless it is given anew."""
    old = project.sources.get(source_name)
    if old is not None and not isinstance(old, PathSource):
        where = f"data/sources.yaml: {source_name}"
        raise ConfigError(f"the source is a {old.kind}, not a file of yours", where=where, hint="give another name")
    licence = request.licence or (old.licence if old else DEFAULT_LICENCE)
    # the sentence that this function wrote would credit the file that is replaced
    kept = old.origin if old and old.origin != _own_origin(Path(old.path)) else None
    origin = request.origin or kept or _own_origin(seen.file.path)
    return PathSource(
        kind="path",
        path=seen.file.written,
        sha256=seen.sha256,
        licence=" ".join(licence.split()),
        origin=" ".join(origin.split()),
    )
