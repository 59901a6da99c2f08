"""Read the question sets that `harness questions` wrote."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from harness.errors import DataError
from harness.items.rows import Question, content_hash, read_rows
from harness.suites.contract import get_set

FACTS_FILE = "questions.json"
"""The file with the number of questions and the sha256 of the content of each set."""


def read_questions(folder: Path, name: str) -> tuple[Sequence[Question], str]:
    """All questions of a set, in its order, and the sha256 of their content.

    Raises:
        DataError: the set is missing, or its content has changed since it was written.
    """
    path = folder / FACTS_FILE
    facts = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if name not in facts:
        raise DataError(f'the question set "{name}" is not built', where=str(folder), hint="run `harness questions`")
    rows = _read(cast(Hashable, get_set(name).row), folder / f"{name}.parquet", facts[name]["sha256"])
    return rows, facts[name]["sha256"]


def asked_texts(folder: Path, names: Sequence[str]) -> dict[str, list[str]]:
    """Set -> the texts of its questions, which no training item may repeat.

    Questions that belong to a domain are left out: they are test items of that domain and so held out from training.

    Raises:
        DataError: as `read_questions`.
    """
    return {name: [row.text for row in read_questions(folder, name)[0] if "/" not in row.id] for name in names}


@cache
def _read(kind: Any, path: Path, sha256: str) -> tuple[Question, ...]:
    rows: tuple[Question, ...] = tuple(read_rows(kind, path))
    found = content_hash(rows)
    if found != sha256:
        raise DataError(
            f"the content's sha256 is {found}", where=str(path), expected=sha256, hint="run `harness questions` again"
        )
    return rows
