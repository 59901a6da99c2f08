"""Builder of domains from users' tables with a target column (`harness domain add NAME FILE --target COLUMN`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.domains.builders._options import texts
from harness.domains.media_files.table import read_table
from harness.errors import DataError
from harness.items.media_item import MediaBuilt
from harness.user_files.columns import Columns
from harness.user_files.label_check import check_labels_of_file
from harness.user_files.layout import layout_of

_COLUMNS = ("cluster", "id", "split")
OPTIONS = ("file", "target", "question", *_COLUMNS, "delimiter", "quoting")
_SWITCHES = ("header",)


def build(source: Path, options: Mapping[str, Any]) -> MediaBuilt:
    """The rows of `options["file"]`; `harness.domains.media_files.table` says how they are read.

    `options["target"]` names the column of the label. `question` is the text of every item; `cluster`, `id` and `split`
    name columns that are not shown; `delimiter`, `quoting` and `header` are those of `harness.user_files.layout`.

    Raises:
        DataError: an option is unknown, missing or of the wrong kind, or the table cannot be used.
    """
    named = texts({name: value for name, value in options.items() if name not in _SWITCHES}, OPTIONS)
    for name in ("file", "target"):
        if name not in named:
            raise DataError(f'the option "{name}" is missing', where="options", hint="`harness domain add` writes it")
    reading = read_table(
        source / named["file"],
        target=named["target"],
        columns=Columns(**{role: named.get(role) for role in _COLUMNS}),
        question=named.get("question"),
        layout=layout_of(delimiter=named.get("delimiter"), quoting=named.get("quoting"), header=options.get("header")),
    )
    check_labels_of_file(reading.items, where=str(source / named["file"]))
    return reading.built()
