"""The user's own file of records, in any format that harness/records knows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.domains.items import Built
from harness.errors import DataError, did_you_mean
from harness.records.reading import Columns, check_labels_of_file, read_items

_COLUMNS = ("input", "output", "label", "cluster", "id", "split")
OPTIONS = ("file", "format", *_COLUMNS)
_ORIGIN = "ORIGIN.json"


def build(source: Path, options: Mapping[str, Any]) -> Built:
    """The items of the one file in `source`, or of `options["file"]` where there are several.

    `options["format"]` names the record format, the others name columns; without them both are recognised.

    Raises:
        DataError: an unknown option, no file or several, or a file that cannot be used.
    """
    for name, value in options.items():
        if name not in OPTIONS:
            raise DataError(f'unknown option "{name}"', where="options", hint=did_you_mean(name, OPTIONS))
        if value is not None and not isinstance(value, str):
            raise DataError(f'"{name}" is {value!r}', where="options", expected="a text")
    path = _file(source, options.get("file"))
    columns = Columns(**{name: options.get(name) for name in _COLUMNS})
    reading = read_items(path, columns=columns, format=options.get("format"))
    check_labels_of_file(reading.items, where=str(path))
    return Built(reading.items, reading.notes)


def _file(source: Path, wanted: str | None) -> Path:
    if not source.is_dir():
        raise DataError("the source is missing", where=str(source), hint="run `harness fetch`")
    found = sorted(path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file())
    names = [name for name in found if name != _ORIGIN]
    if wanted is not None:
        if wanted not in names:
            raise DataError(f'there is no file "{wanted}"', where=str(source), hint=did_you_mean(wanted, names))
        return source / wanted
    if len(names) != 1:
        raise DataError(
            f"the source holds {len(names)} files" if names else "the source holds no file",
            where=str(source),
            expected="one file of records",
            hint=f"name one with the option `file`: {', '.join(names[:10])}" if names else "run `harness fetch`",
        )
    return source / names[0]
