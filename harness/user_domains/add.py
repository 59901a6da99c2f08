"""`harness domain add NAME FILE`: read the file, report on it, and add it to the configuration as a domain.

FILE --read--> items --inspect--> report
                 `--plan--> data/domains/NAME.yaml, data/sources.yaml, params.yaml --check--> write all, or change none
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from harness.check.files import NAME
from harness.config.domain import MOST_FOLDS, Domain, Splits
from harness.config.project import Project
from harness.config.source import PathSource
from harness.domains.collect import check_items, check_tasks
from harness.domains.duplicates import Deduplicated, deduplicate
from harness.domains.views.multiple_choice import WRONG
from harness.errors import ConfigError, DataError, did_you_mean
from harness.items.item import Item
from harness.items.unpaired import has_only_wrong_answers
from harness.preparation.prepare import check_labels
from harness.user_domains.domain_file import BUILDER, as_domain, domain_yaml, rewritten_domain
from harness.user_domains.fold_files import fold_changes, fold_names
from harness.user_domains.inspect.inspection import Inspection, inspect_items
from harness.user_domains.inspect.lengths import ruler_of
from harness.user_domains.own_file import OwnFile, own_file
from harness.user_domains.own_records import read_own
from harness.user_domains.planned_splits import PlannedSplits, check_enough, plan_splits, split_sizes
from harness.user_domains.registration import Change, with_domain
from harness.user_files.folders.paths import LabelFrom
from harness.user_files.layout import DECIDED_BY_FILE, Layout
from harness.user_files.reading import Columns, Reading, check_labels_of_file

DEFAULT_LICENCE = "LicenseRef-Proprietary"
"""SPDX identifier of a licence that is not on the SPDX list."""
LONGEST_NAME = 40
"""Most characters of a domain name, which becomes part of folder names, run names and board columns."""
NOTHING_TO_LEARN = "has neither labels nor answers, which the recipes need; the domain is prepared for other uses"


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


@dataclass(frozen=True)
class InspectedFile:
    """The content of the file and the report on it, before anything is planned."""

    file: OwnFile
    sha256: str | None
    """None for a folder."""
    reading: Reading
    options: dict[str, str | bool]
    """Options of the builder `records` beside the format and the columns."""
    files: int
    """Number of files read."""
    unique: Deduplicated
    inspection: Inspection


@dataclass(frozen=True)
class Plan:
    """The files that adding the domain would write."""

    domain: Domain
    splits: PlannedSplits
    changes: tuple[Change, ...]
    """Changed files with their complete new text."""
    skip: str | None
    """Why no recipe runs on the domain; None if recipes run on it."""
    has_given_splits: bool = False
    """Whether the file says which items are test items."""


def inspect_file(project: Project, request: Request) -> InspectedFile:
    """Read and inspect the file; write nothing.

    Raises:
        ConfigError: the name is invalid or exists already, the number of folds is out of range, or params.yaml is
            invalid.
        DataError: the file cannot be used.
    """
    check_name(project, request)
    if request.folds is not None and not 2 <= request.folds <= MOST_FOLDS:
        hint = "5 is usual; leave it out for one test split"
        raise ConfigError(f"{request.folds} folds", where="--folds", expected=f"2 to {MOST_FOLDS}", hint=hint)
    file = own_file(request.file, root=project.root)
    own = read_own(
        file,
        given=request.file,
        columns=request.columns,
        format=request.format,
        layout=request.layout,
        pattern=request.pattern,
        label_from=request.label_from,
    )
    reading = own.reading
    unique = deduplicate(reading.items)
    if not unique.items:
        raise DataError(
            f"all {len(reading.items)} items contradict each other: each text occurs with several labels",
            where=str(request.file),
            hint="check which column is the text and which is the label (--input, --label)",
        )
    inspection = inspect_items(
        reading.items,
        unique,
        records=reading.records,
        notes=reading.notes,
        ruler=ruler_of(project.root / "data/bases/causal_lm"),
        limit=project.params.budget.max_length,
    )
    return InspectedFile(file, own.sha256, reading, own.options, own.files, unique, inspection)


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
    if exists and project.domain(name).builder != BUILDER:
        what = f"the domain is built in (builder {project.domain(name).builder}); a file cannot replace it"
        raise ConfigError(what, where=f"data/domains/{name}.yaml", hint="choose another name")
    if request.is_replacement and not exists:
        hint = f"remove --replace, or correct the name: {did_you_mean(name, project.domain_names)}"
        raise ConfigError(f'there is no domain "{name}" to replace', hint=hint)
    if not exists and name in project.sources:
        where = f"data/sources.yaml: {name}"
        raise ConfigError(f'a source named "{name}" exists already', where=where, hint="choose another name")


def plan(project: Project, request: Request, inspected: InspectedFile) -> Plan:
    """The files that adding would write, after the checks of `collect` and `prepare`; write nothing.

    Raises:
        DataError: the items cannot be split, or no model could learn from them.
        ConfigError: an existing file is invalid.
    """
    where = str(request.file)
    path = project.root / f"data/domains/{request.name}.yaml"
    items = inspected.unique.items
    with _located(where):
        check_enough(_asked(items))
    check_labels_of_file(items, where=where)
    with _located(where):
        text = _domain_text(request, inspected, path=path)
    domain = as_domain(text, path=path)
    renamed = _renamed(items, domain, where=str(path))
    check_items(renamed, where=where)
    check_tasks(renamed, domain, where=str(path))
    labels = sorted({item.label for item in renamed if item.label is not None})
    check_labels(labels, where=where, classified=domain.classify is not None)
    with _located(where):
        splits = plan_splits(renamed, domain.splits)
    skip = None if domain.classify or domain.answer else f"its {inspected.reading.format} file {NOTHING_TO_LEARN}"
    if skip and domain.splits.folds:
        raise DataError(f"folds are for recipes, and none runs on the domain: {skip}", where=where, hint="no --folds")
    source = _source(project, request, inspected, source_name=domain.source)
    folds = fold_names(domain, request.name)
    copies = fold_changes(project, request.name, text=text, wanted=folds)
    registered = with_domain(
        project.root,
        request.name,
        source_name=domain.source,
        source=source,
        skip=skip,
        folds=folds,
        outdated=[*(one.path.stem for one in copies if one.text is None), *([request.name] if folds else [])],
    )
    return Plan(
        domain, splits, (Change(path, text), *copies, *registered), skip, any(item.given_split for item in items)
    )


def _domain_text(request: Request, inspected: InspectedFile, *, path: Path) -> str:
    reading = inspected.reading
    options = {**inspected.options, "format": reading.format, **reading.columns.named}
    title = " ".join((request.title or "").split()) or None
    if path.is_file():
        return rewritten_domain(path, options=options, title=title, folds=request.folds)
    return domain_yaml(
        request.name,
        title=title or request.name.replace("_", " ").capitalize(),
        summary=f"Records of {inspected.file.path.name}: {_summary(inspected.unique.items)}.",
        language=_language(inspected.inspection),
        options=options,
        splits=Splits(folds=request.folds) if request.folds else split_sizes(_asked(inspected.unique.items)),
        items=inspected.unique.items,
        most_choices=_most_choices(inspected),
    )


def _most_choices(inspected: InspectedFile) -> int | None:
    """Most options of a question of a multiple-choice file, if there are more than a question offers otherwise."""
    if inspected.reading.format != "multiple_choice":
        return None
    most = 1 + max(len(item.wrong_answers) for item in inspected.unique.items)
    return most if most > WRONG + 1 else None


def _asked(items: Sequence[Item]) -> list[Item]:
    """The items that can be held out: those with a right answer, a label or a text to read."""
    return [item for item in items if not has_only_wrong_answers(item)]


def _summary(items: Sequence[Item]) -> str:
    has = {
        "classify texts": any(item.label is not None for item in items),
        "answer prompts": any(item.answer is not None for item in items),
        "prefer good replies": any(item.wrong_answers for item in items),
        "retrieve matching texts": any(item.positive is not None for item in items),
    }
    return ", ".join(task for task, is_served in has.items() if is_served) or "plain text"


def _language(inspection: Inspection) -> str:
    """The language of at least half of the texts; otherwise English, the language of the prompts."""
    mix = inspection.language.languages
    return mix[0].code if mix and mix[0].share >= 0.5 else "en"


def _renamed(items: Sequence[Item], domain: Domain, *, where: str) -> list[Item]:
    names = domain.classify.label_names if domain.classify else {}
    if not names:
        return list(items)
    lacking = sorted({item.label for item in items if item.label is not None} - names.keys())
    if lacking:
        what = f"{len(lacking)} labels of the file have no name in `label_names`, for example {lacking[0]!r}"
        hint = "add names for these labels, or remove `label_names`"
        raise ConfigError(what, where=f"{where}: classify.label_names", hint=hint)
    return [item if item.label is None else replace(item, label=names[item.label]) for item in items]


@contextmanager
def _located(where: str) -> Iterator[None]:
    """Add the name of the file to errors about items, which do not know their file."""
    try:
        yield
    except DataError as error:
        raise DataError(error.what, where=error.where or where, expected=error.expected, hint=error.hint) from None


def _own_origin(path: Path) -> str:
    return f"{path.name}, {'a folder' if path.is_dir() else 'a file'} of the user's own"


def _source(project: Project, request: Request, inspected: InspectedFile, *, source_name: str) -> PathSource:
    """The pin of the file. Licence and origin of a replaced file stay unless the user gives new ones."""
    old = project.sources.get(source_name)
    if old is not None and not isinstance(old, PathSource):
        where = f"data/sources.yaml: {source_name}"
        raise ConfigError(
            f"the source has the kind `{old.kind}`, expected `path`", where=where, hint="choose another name"
        )
    licence = request.licence or (old.licence if old else DEFAULT_LICENCE)
    # a credit that this function wrote names the replaced file, so it is written again
    kept = old.origin if old and old.origin != _own_origin(Path(old.path)) else None
    origin = request.origin or kept or _own_origin(inspected.file.path)
    return PathSource(
        kind="path",
        path=inspected.file.source_path,
        sha256=inspected.sha256,
        licence=" ".join(licence.split()),
        origin=" ".join(origin.split()),
    )
