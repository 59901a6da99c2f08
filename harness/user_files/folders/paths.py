"""What the path of a file says: a split (`train/pos/7.txt`, `test-00000-of-00001.parquet`) and a class (`pos`)."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Literal

from harness.items.item import Split
from harness.user_files.drafts.given_splits import NAMES

LabelFrom = Literal["folder", "file"]
LABEL_FROM: tuple[LabelFrom, ...] = ("folder", "file")
UNLABELLED = ("unsup", "unsupervised", "unlabeled", "unlabelled")
"""Folders of texts without a class, beside the folders of the classes."""


def split_of_path(name: str) -> Split | None:
    """The split in the nearest part of a relative path; at the start or the end of a part other words may follow."""
    for part in reversed(PurePosixPath(name).parts):
        words = [word for word in re.split(r"[-_. ]+", part.casefold()) if word]
        stem = words[: -len(PurePosixPath(part).suffixes) or None] if part == PurePosixPath(name).name else words
        for word in (*stem[:1], *stem[-1:]):
            if word in NAMES:
                return NAMES[word]
    return None


def class_of_path(name: str, label_from: LabelFrom) -> str | None:
    """The class that a relative path names; None if the file is in no folder of a class.

    `folder`: the folder of the file, unless it is a split. `file`: the name of the file without its suffixes.
    """
    path = PurePosixPath(name)
    if label_from == "file":
        return path.name.split(".")[0] or None
    folder = path.parent.name
    return folder if folder and folder.casefold() not in NAMES else None
