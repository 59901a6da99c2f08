"""Builder of domains from users' files, in any format that harness/user_files reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from harness.errors import DataError, did_you_mean
from harness.items.item import Built
from harness.user_files.decision_log import DecisionLog
from harness.user_files.folders.chosen_files import FolderOptions, chosen_files
from harness.user_files.folders.paths import LABEL_FROM
from harness.user_files.folders.several_files import read_files
from harness.user_files.layout import layout_of
from harness.user_files.reading import Columns, check_labels_of_file
from harness.user_files.unused_columns import count_unused

_COLUMNS = ("input", "output", "label", "cluster", "id", "split", "rating")
_TEXTS = ("file", "format", *_COLUMNS, "delimiter", "quoting", "label_from", "split_from")
_SWITCHES = ("header", "lines", "whole_files")
OPTIONS = (*_TEXTS, *_SWITCHES, "records_per_file")
_ORIGIN = "ORIGIN.json"


def build(source: Path, options: Mapping[str, Any]) -> Built:
    """The items of the only file in `source`, or of the files that match `options["file"]`, a path or glob pattern.

    `options["format"]` names the record format, and the options `input`, `output`, `label`, `cluster`, `id`, `split`
    and `rating` name columns; what is not named is recognised. `options["records_per_file"]` limits the records of each
    file to a pseudo-random draw. With several files, ids and clusters start with the path of the file. `delimiter`,
    `quoting`, `header` and `lines` say how tables and text are cut into records (`harness.user_files.layout`), and
    `label_from`, `split_from` and `whole_files` what the paths of several files say (`harness.user_files.folders`).

    Raises:
        DataError: an option is unknown or invalid, no file matches, `source` holds several files and `file` is not set,
            or a file cannot be used.
    """
    at_most = _checked(options)
    names = _files(source, options.get("file"))
    folder = FolderOptions(
        next((known for known in LABEL_FROM if known == options.get("label_from")), None),
        split_from_path=options.get("split_from") == "path",
        whole_files=bool(options.get("whole_files")),
    )
    decisions = DecisionLog()
    if len(names) > 1:
        names = chosen_files(names, folder, decisions, where=str(source))
    reading = read_files(
        source,
        names,
        options=folder,
        columns=Columns(**{name: options.get(name) for name in _COLUMNS}),
        format=options.get("format"),
        at_most=at_most,
        layout=layout_of(
            delimiter=options.get("delimiter"),
            quoting=options.get("quoting"),
            header=options.get("header"),
            lines=bool(options.get("lines")),
        ),
    )
    check_labels_of_file(reading.items, where=str(source / names[0] if len(names) == 1 else source))
    unused = DecisionLog()
    count_unused(reading.unused, unused)
    return Built(reading.items, (*decisions.notes(), *reading.notes, *unused.notes()))


def _checked(options: Mapping[str, Any]) -> int | None:
    """Check the options; returns `records_per_file`."""
    for name, value in options.items():
        if name not in OPTIONS:
            raise DataError(f'unknown option "{name}"', where="options", hint=did_you_mean(name, OPTIONS))
        if name in _TEXTS and value is not None and not isinstance(value, str):
            raise DataError(f'"{name}" is {value!r}', where="options", expected="a text")
        if name in _SWITCHES and value is not None and not isinstance(value, bool):
            raise DataError(f'"{name}" is {value!r}', where="options", expected="true or false")
    _check_choice(options, "label_from", LABEL_FROM)
    _check_choice(options, "split_from", ("path",))
    at_most = options.get("records_per_file")
    if at_most is not None and (type(at_most) is not int or at_most < 2):
        raise DataError(f'"records_per_file" is {at_most!r}', where="options", expected="a number of at least 2")
    return at_most


def _check_choice(options: Mapping[str, Any], name: str, choices: Sequence[str]) -> None:
    if options.get(name) not in (None, *choices):
        raise DataError(f'"{name}" is {options[name]!r}', where="options", expected=" or ".join(choices))


def _files(source: Path, wanted: str | None) -> list[str]:
    """Sorted paths, below `source`, of the files to read."""
    if not source.is_dir():
        raise DataError("the folder of the source is missing", where=str(source), hint="run `harness fetch`")
    found = sorted(path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file())
    names = [name for name in found if name != _ORIGIN]
    if wanted is not None:
        matching = [name for name in names if name == wanted or fnmatchcase(name, wanted)]
        if not matching:
            raise DataError(f'no file matches "{wanted}"', where=str(source), hint=did_you_mean(wanted, names))
        return matching
    if len(names) != 1:
        raise DataError(
            f"the source holds {len(names)} files" if names else "the source holds no file",
            where=str(source),
            expected="one file of records",
            hint=f"set the option `file` to one file, or to a pattern for several: {', '.join(names[:10])}"
            if names
            else "run `harness fetch`",
        )
    return names
