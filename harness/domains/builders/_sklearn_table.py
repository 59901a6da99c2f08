"""Read a table that scikit-learn ships: a first line with counts and class names, then numbers and the class."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import DataError
from harness.items.media_item import MediaBuilt, MediaItem, media_of
from harness.media.tables import row_file


def sklearn_table(path: Path, *, columns: Sequence[str], question: str, names: Mapping[str, str]) -> MediaBuilt:
    """One item per row; the class is the label. `names`: class in the file -> label.

    Id and cluster are the place of the row, from 1.

    Raises:
        DataError: the file is missing or has another layout.
    """
    expected = f"a line with counts and the classes {', '.join(names)}, then rows of {len(columns)} numbers and a class"
    try:
        (_, _, *classes), *rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    except FileNotFoundError:
        raise DataError("the table is missing", where=str(path), hint="run `harness fetch`") from None
    except ValueError as error:  # no line, or a first line without counts
        raise DataError(f"the table cannot be read: {error}", where=str(path), expected=expected) from None
    if classes != list(names):
        raise DataError(f"the classes are {', '.join(classes)}", where=str(path), expected=expected)
    items: list[MediaItem] = []
    files: dict[str, bytes | Path] = {}
    for number, cells in enumerate(rows, 1):
        where = f"{path}:{number + 1}"
        try:
            *values, place = map(float, cells)
            row = dict(zip(columns, values, strict=True))
            label = names[classes[int(place)]]
        except (ValueError, IndexError) as error:
            raise DataError(f"the row cannot be read: {error}", where=where, expected=expected) from None
        content = row_file(row, where=where)
        media = media_of("table", content, ".json")
        files[media.path] = content
        items.append(MediaItem(id=str(number), text=question, cluster=str(number), label=label, media=(media,)))
    return MediaBuilt([*items], (), files)
