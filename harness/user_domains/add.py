"""`harness domain add NAME FILE`: read the file, report on it, and add it to the configuration as a domain.

FILE --read--> items --inspect--> report
                 `--plan--> data/domains/NAME.yaml, data/sources.yaml, params.yaml --check--> write all, or change none
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from harness.config.domain import Domain, Splits
from harness.config.project import Project
from harness.domains.collect import check_items, check_media, check_tasks
from harness.domains.duplicates import Deduplicated, deduplicate
from harness.domains.views.multiple_choice import WRONG
from harness.errors import ConfigError, DataError
from harness.items.item import Item
from harness.items.unpaired import has_only_wrong_answers
from harness.preparation.prepare import check_labels
from harness.user_domains.domain_file import BUILDER, as_domain, domain_yaml, rewritten_domain
from harness.user_domains.fold_files import fold_changes, fold_names
from harness.user_domains.inspect.inspection import Inspection, inspect_items
from harness.user_domains.inspect.lengths import ruler_of
from harness.user_domains.own_file import OwnFile, own_file
from harness.user_domains.own_records import read_own
from harness.user_domains.own_source import own_source
from harness.user_domains.planned_splits import PlannedSplits, check_enough, plan_splits, split_sizes
from harness.user_domains.registration import Change, with_domain
from harness.user_domains.request import Request, check_folds, check_name, check_same_builder
from harness.user_files.reading import Reading, check_labels_of_file

MEDIA_FAMILY = "multimodal"
"""The family whose recipes read the files of items."""
NOTHING_TO_LEARN = "has neither labels nor answers, which the recipes need; the domain is prepared for other uses"


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
    check_same_builder(project, request, BUILDER)
    check_folds(request)
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


def plan(project: Project, request: Request, inspected: InspectedFile) -> Plan:
    """The files that adding would write, after the checks of `collect` and `prepare`; write nothing.

    Raises:
        DataError: the items cannot be split, or no model could learn from them.
        ConfigError: an existing file is invalid.
    """
    where = str(request.file)
    items = inspected.unique.items
    with located(where):
        check_enough(_asked(items))
    check_labels_of_file(items, where=where)
    with located(where):
        text = _domain_text(request, inspected, path=domain_path(project, request.name))
    unlearnable = f"its {inspected.reading.format} file {NOTHING_TO_LEARN}"
    return plan_of(project, request, inspected.file, inspected.sha256, text=text, items=items, unlearnable=unlearnable)


def domain_path(project: Project, name: str) -> Path:
    """The file of a domain."""
    return project.root / f"data/domains/{name}.yaml"


def plan_of(
    project: Project,
    request: Request,
    file: OwnFile,
    sha256: str | None,
    *,
    text: str,
    items: Sequence[Item],
    unlearnable: str,
) -> Plan:
    """The files that adding would write, from the text of the domain's file and the items without duplicates.

    `unlearnable`: why no recipe runs on the domain if it has no task that recipes learn.

    Raises:
        DataError, ConfigError: as `plan`.
    """
    where, path = str(request.file), domain_path(project, request.name)
    domain = as_domain(text, path=path)
    renamed = renamed_labels(items, domain, where=str(path))
    check_items(renamed, where=where)
    check_media(renamed, domain, where=str(path))
    check_tasks(renamed, domain, where=str(path))
    labels = sorted({item.label for item in renamed if item.label is not None})
    check_labels(labels, where=where, classified=domain.classify is not None)
    with located(where):
        splits = plan_splits(renamed, domain.splits)
    skip = None if domain.classify or domain.answer else unlearnable
    if skip and domain.splits.folds:
        raise DataError(f"folds are for recipes, and none runs on the domain: {skip}", where=where, hint="no --folds")
    source = own_source(
        project,
        file,
        sha256=sha256,
        name=domain.source,
        licence=request.licence,
        origin=request.origin,
    )
    folds = fold_names(domain, request.name)
    copies = fold_changes(project, request.name, text=text, wanted=folds)
    registered = with_domain(
        project.root,
        request.name,
        source_name=domain.source,
        source=source,
        skip=skip,
        family=MEDIA_FAMILY if domain.media else None,
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


def renamed_labels(items: Sequence[Item], domain: Domain, *, where: str) -> list[Item]:
    """The items with the names that the domain's file gives their labels.

    Raises:
        ConfigError: a label has no name.
    """
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
def located(where: str) -> Iterator[None]:
    """Add the name of the file to errors about items, which do not know their file."""
    try:
        yield
    except DataError as error:
        raise DataError(error.what, where=error.where or where, expected=error.expected, hint=error.hint) from None
