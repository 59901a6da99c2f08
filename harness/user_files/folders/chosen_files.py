"""Choose the files of a folder that hold records, and report the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from harness.errors import DataError
from harness.user_files.containers.choose_reader import SUFFIXES, TEXT_SUFFIXES, suffix_of
from harness.user_files.decision_log import DecisionLog
from harness.user_files.folders.paths import UNLABELLED, LabelFrom, class_of_path, split_of_path

OTHER_FILES = "files of the folder hold no records and were not read, for example {name}"
NO_CLASS = "files are in no folder of a class and were not read, for example {name}"
WITHOUT_LABEL = 'files of the folder "{name}" have no label and were left out'
_NO_RECORDS = ("readme", "license", "licence", "changelog", "citation")
_ABOUT_DATA = ("dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "origin.json")
"""Names of files that describe data; the first by their stem."""


@dataclass(frozen=True)
class FolderOptions:
    """What the paths of the files say, and how the files are read."""

    label_from: LabelFrom | None = None
    """Where the label of the records is: the name of the folder or of the file; None: in the records, if anywhere."""
    split_from_path: bool = False
    """The paths say train, validation or test."""
    whole_files: bool = False
    """Each file is one text, and not a list of records."""

    def options(self) -> dict[str, str | bool]:
        """The options of a domain file that are not the default."""
        named: dict[str, str | bool] = {"label_from": self.label_from} if self.label_from else {}
        if self.split_from_path:
            named["split_from"] = "path"
        return named | ({"whole_files": True} if self.whole_files else {})


RECORDS_DECIDE = FolderOptions()
"""The paths say nothing."""


def folder_options(names: Sequence[str], *, label_from: LabelFrom | None, where: str) -> FolderOptions:
    """What the relative paths `names` show. `label_from` is what the user says.

    Raises:
        DataError: no file holds records, or only some of the files are in a split.
    """
    files = _with_records(names)
    whole = False
    if label_from in (None, "folder") and not _of_records(files):
        classes = Counter(class_of_path(name, "folder") for name in _in_class_folders(files))
        if len(classes) > 1 and len(files) > 2 * len(classes):
            label_from, whole = "folder", True
    options = FolderOptions(label_from, whole_files=whole)
    chosen = chosen_files(names, options, DecisionLog(), where=where)
    splits = {name: split_of_path(name) for name in chosen}
    found = set(splits.values()) - {None}
    lacking = [name for name, split in splits.items() if split is None]
    if len(found) > 1 and lacking:
        raise DataError(
            f"{len(lacking)} of {len(chosen)} files are in no split, for example {lacking[0]}",
            where=where,
            expected="train, validation or test in the path of every file, or of none",
            hint="choose files with --files PATTERN, for example --files 't*/*'",
        )
    return FolderOptions(label_from, len(found) > 1, whole)


def chosen_files(names: Sequence[str], options: FolderOptions, decisions: DecisionLog, *, where: str) -> list[str]:
    """The files to read, in their order; `decisions` counts the others.

    Raises:
        DataError: no file holds records, or files of records have different kinds.
    """
    files = _with_records(names)
    records = _of_records(files)
    kinds = Counter(suffix_of(name) for name in records)
    if len(kinds) > 1:
        shown = ", ".join(f"{count:,} {suffix}" for suffix, count in kinds.most_common())
        hint = f"choose one kind, for example --files '*{next(iter(kinds))}'"
        raise DataError(f"the folder holds records of several kinds: {shown}", where=where, hint=hint)
    chosen = records or files
    _count_others(OTHER_FILES, names, chosen, decisions)
    if options.label_from == "folder":
        inside, before = _in_class_folders(chosen), chosen
        unlabelled = [name for name in inside if (class_of_path(name, "folder") or "").casefold() in UNLABELLED]
        chosen = [name for name in inside if name not in set(unlabelled)]
        for name in unlabelled:
            decisions.count_named(WITHOUT_LABEL, PurePosixPath(name).parent.name)
        _count_others(NO_CLASS, before, [*chosen, *unlabelled], decisions)
    if not chosen:
        shown = ", ".join(names[:5]) or "none"
        raise DataError(
            "no file of the folder holds records",
            where=where,
            expected=f"files with a suffix {', '.join(SUFFIXES)}, each with or without .gz; the folder holds {shown}",
            hint="Arrow files of `datasets`: write them with to_parquet or to_json"
            if any(name.endswith(".arrow") for name in names)
            else "choose files with --files PATTERN",
        )
    return chosen


def _count_others(what: str, names: Sequence[str], chosen: Sequence[str], decisions: DecisionLog) -> None:
    kept = set(chosen)
    others = [name for name in names if name not in kept]
    if others:
        decisions.count_named(what, others[0], len(others))


def _with_records(names: Sequence[str]) -> list[str]:
    """The files that may hold records or texts. A file without a suffix may be a text in the folder of its class."""
    return [
        name
        for name in names
        if (suffix_of(name) in SUFFIXES or "." not in PurePosixPath(name).name)
        and not any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)
        and PurePosixPath(name).name.casefold().split(".")[0] not in _NO_RECORDS
        and PurePosixPath(name).name.casefold() not in _ABOUT_DATA
    ]


def _of_records(names: Sequence[str]) -> list[str]:
    return [name for name in names if suffix_of(name) in SUFFIXES and suffix_of(name) not in TEXT_SUFFIXES]


def _in_class_folders(names: Sequence[str]) -> list[str]:
    """The files in folders that are no split, at the depth at which most of these files are."""
    inside = [name for name in names if class_of_path(name, "folder")]
    depths = Counter(name.count("/") for name in inside)
    usual = depths.most_common(1)[0][0] if depths else 0
    return [name for name in inside if name.count("/") == usual]
