"""`harness domain add` for pictures, recordings and tables: read and check the files, report, and plan the domain.

FOLDER of pictures or recordings, or FILE --target COLUMN --read--> items that show files --plan--> the same files
as for texts (harness/user_domains/add.py)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config.domain import Splits
from harness.config.project import Project
from harness.config.source import PathSource
from harness.display.plain_text import plain
from harness.domains.duplicates import Deduplicated, deduplicate
from harness.domains.media_files.folder import chosen_names, is_media_folder, read_media_folder
from harness.domains.media_files.reading import MediaReading, OptionValue
from harness.domains.media_files.table import read_table
from harness.errors import DataError, SourceError
from harness.items.item import Item
from harness.items.media import PLURAL
from harness.sources.checksum import sha256_file
from harness.sources.local_path import local_files
from harness.user_domains.add import Plan, domain_path, located, plan_of
from harness.user_domains.domain_file import FOLDER_BUILDER, TABLE_BUILDER, media_domain_yaml, rewritten_domain
from harness.user_domains.inspect.labels import LabelBalance, label_balance
from harness.user_domains.inspect.rendering import label_lines
from harness.user_domains.own_file import OwnFile, own_file
from harness.user_domains.planned_splits import check_enough, split_sizes
from harness.user_domains.request import Request, check_folds, check_name, check_same_builder
from harness.user_files.label_check import check_labels_of_file

CAPTIONS_ONLY = "its files have captions but neither labels nor answers, which the recipes need"


@dataclass(frozen=True)
class InspectedMedia:
    """The content of the folder or table, before anything is planned."""

    file: OwnFile
    sha256: str | None
    """None for a folder."""
    reading: MediaReading
    unique: Deduplicated
    labels: LabelBalance | None
    """None if no item has a label."""

    @property
    def builder(self) -> str:
        """The builder that reads it again."""
        return TABLE_BUILDER if self.reading.kind == "table" else FOLDER_BUILDER


def shows_files(request: Request) -> bool:
    """Whether the request names a table with a target column, or a folder of pictures or recordings."""
    if request.target is not None:
        return True
    folder = request.file.expanduser()
    if not folder.is_dir():
        return False
    return is_media_folder([path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()])


def inspect_media(project: Project, request: Request) -> InspectedMedia:
    """Read and check the files; write nothing.

    Raises:
        ConfigError: as `harness.user_domains.add.inspect_file`, or the domain to replace was made from something else.
        DataError: the folder or table cannot be used, or an option is for texts only.
    """
    check_name(project, request)
    check_folds(request)
    _refuse_options_of_texts(request)
    file = own_file(request.file, root=project.root)
    sha256 = None
    if request.target is None:
        reading = read_media_folder(file.path, _names(file, request.pattern), columns=request.columns)
    elif file.is_folder:
        what = "--target is for a table, and the path is a folder"
        raise DataError(what, where=str(request.file), hint="give the file of the table")
    else:
        sha256 = sha256_file(file.path)
        reading = read_table(file.path, target=request.target, columns=request.columns, layout=request.layout)
    hint = "name another column with --target, one of classes" if request.target else None
    check_labels_of_file(reading.items, where=str(request.file), hint=hint)
    unique = deduplicate(reading.items)
    if not unique.items:
        what = f"all {len(reading.items)} items contradict each other: each file occurs with several labels"
        raise DataError(what, where=str(request.file), hint="check which column is the label")
    inspected = InspectedMedia(file, sha256, reading, unique, label_balance(unique.items))
    check_same_builder(project, request, inspected.builder)
    return inspected


def plan_media(project: Project, request: Request, inspected: InspectedMedia) -> Plan:
    """The files that adding would write, after the checks of `collect` and `prepare`; write nothing.

    Raises:
        DataError, ConfigError: as `harness.user_domains.add.plan`.
    """
    where, items = str(request.file), inspected.unique.items
    with located(where):
        check_enough(items)
    check_labels_of_file(items, where=where)
    with located(where):
        text = _domain_text(request, inspected, path=domain_path(project, request.name))
    return plan_of(
        project, request, inspected.file, inspected.sha256, text=text, items=items, unlearnable=CAPTIONS_ONLY
    )


def report_lines(request: Request, inspected: InspectedMedia) -> Iterator[str]:
    """What was recognised and decided, one statement per line."""
    reading, unique = inspected.reading, inspected.unique
    yield f"recognised {reading.title}: {plain(request.file.resolve().name)}"
    roles = ", ".join(f'{role} "{plain(name)}"' for role, name in reading.columns.items())
    if roles:
        yield f"columns: {roles}"
    read = "rows" if reading.columns else PLURAL[reading.kind]
    shown = "" if reading.kind == "table" else f", which show {len(reading.files):,} different {PLURAL[reading.kind]}"
    yield f"{reading.records:,} {read} gave {len(reading.items):,} items{shown}; {len(unique.items):,} items are usable"
    for note in reading.notes:
        yield f"  {note.count:,} {plain(note.what)}"
    if unique.duplicates:
        yield f"exact duplicates (the same file with the same text): {unique.duplicates:,}"
    if unique.contradictions:
        yield f"warning: {unique.contradictions:,} items show a file that occurs with several labels; all are removed"
    if unique.given_split_leaks:
        yield f"warning: {unique.given_split_leaks:,} items repeat one that the folder itself holds out"
    if inspected.labels:
        yield from label_lines(inspected.labels)


def report_json(inspected: InspectedMedia) -> dict[str, Any]:
    """The same as JSON values."""
    reading, unique = inspected.reading, inspected.unique
    return {
        "media": reading.kind,
        "columns": dict(reading.columns),
        "records": reading.records,
        "items": len(reading.items),
        "files": len(reading.files),
        "usable": len(unique.items),
        "duplicates": unique.duplicates,
        "contradictions": unique.contradictions,
        "notes": [{"what": note.what, "count": note.count} for note in reading.notes],
        "labels": inspected.labels.counts if inspected.labels else {},
    }


def _names(file: OwnFile, pattern: str | None) -> list[str]:
    """The relative paths of the files to read, as `harness fetch` copies them."""
    where = str(file.path)
    try:
        names = list(
            local_files(PathSource(kind="path", path=where, licence="", origin=""), root=file.path, where=where)
        )
    except SourceError as error:
        raise DataError(error.what, where=where, expected=error.expected, hint=error.hint) from None
    return chosen_names(names, pattern)


def _refuse_options_of_texts(request: Request) -> None:
    given = {
        "--format": request.format,
        "--rating": request.columns.rating,
        "--label-from": request.label_from,
        "--lines": request.layout.lines or None,
        "--files": request.pattern if request.target else None,
        "--input": request.columns.input if request.target else None,
        "--output": request.columns.output if request.target else None,
        "--label": request.columns.label if request.target else None,
    }
    for option, value in given.items():
        if value is not None:
            what = "a table with --target" if request.target else "a folder of pictures or recordings"
            raise DataError(f"{option} is not for {what}", where=str(request.file), hint="leave it out")


def _domain_text(request: Request, inspected: InspectedMedia, *, path: Path) -> str:
    reading, items = inspected.reading, inspected.unique.items
    options: dict[str, OptionValue] = {**reading.options, **({"file": request.pattern} if request.pattern else {})}
    title = " ".join((request.title or "").split()) or None
    if path.is_file():
        return rewritten_domain(path, options=options, title=title, folds=request.folds, kept=("question",))
    return media_domain_yaml(
        request.name,
        title=title or request.name.replace("_", " ").capitalize(),
        summary=f"{inspected.file.path.name}: {_summary(reading, items)}.",
        media=reading.kind,
        builder=inspected.builder,
        options=options,
        splits=Splits(folds=request.folds) if request.folds else split_sizes(items),
        items=items,
    )


def _summary(reading: MediaReading, items: Sequence[Item]) -> str:
    if reading.kind == "table":
        return f"predict {reading.columns['target']} from the other columns"
    has = {
        "labels": any(item.label is not None for item in items),
        "answers to questions": any(item.answer is not None for item in items),
    }
    found = " and ".join(what for what, is_there in has.items() if is_there) or "captions"
    return f"{found} of {PLURAL[reading.kind]}"
