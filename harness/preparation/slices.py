"""Prepare a slice: the part of a prepared domain that has some of its labels -> data/slices/<slice>/.

    data/prepared/<domain>/views/classify.parquet --> rows with these labels --> views.json, views/classify.parquet

Rows stay as they are: every question offers all labels of the domain. So a model that learns one slice after another is
asked the same questions after each step, and held-out items stay held out.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from typing import Any

from harness.config.project import Project
from harness.errors import DataError, did_you_mean
from harness.items.item import SPLITS
from harness.items.prepared import VIEWS_FILE, PreparedDomain
from harness.items.rows import Question, content_hash, write_rows
from harness.runtime.atomic_output import atomic_folder

VIEW = "classify"
"""The only view of a slice."""


def prepare_slice(project: Project, name: str) -> dict[str, Any]:
    """Write the slice and return its facts: those of views.json, and `card` with the number of items per split.

    Raises:
        DataError: the domain is not prepared, it has no labels or not all of these, or a split would be empty.
    """
    wanted = project.params.slices[name]
    where = f"params.yaml: slices.{name}"
    domain = PreparedDomain.open(project.prepared_folder(wanted.of))
    if VIEW not in domain.meta["views"]:
        hint = "name a domain that classifies, or take the slice out"
        raise DataError(f'the domain "{wanted.of}" has no labels to choose a slice by', where=where, hint=hint)
    for label in wanted.labels:
        if label not in domain.labels:
            what = f'the domain "{wanted.of}" has no label "{label}"'
            raise DataError(what, where=where, hint=did_you_mean(label, domain.labels))
    rows = [row for split in SPLITS for row in domain.questions(VIEW, split) if row.answer in wanted.labels]
    counts = Counter(row.split for row in rows)
    for split in SPLITS:
        if not counts[split]:
            what = f"no {split} item of {wanted.of} has one of the slice's labels"
            raise DataError(what, where=where, hint="put further labels into the slice")
    per_split = {split: counts[split] for split in SPLITS}
    facts: dict[str, Any] = {
        "name": name,
        "labels": domain.labels,
        "language": domain.meta["language"],
        "main_view": VIEW,
        "views": {VIEW: {"rows": per_split, "sha256": content_hash(rows)}},
    }
    with atomic_folder(project.prepared_folder(name)) as folder:
        write_rows(Question, rows, folder / "views" / f"{VIEW}.parquet")
        for media in {media for row in rows for media in row.media}:
            (folder / media.path).parent.mkdir(exist_ok=True)
            shutil.copyfile(media.file, folder / media.path)
        (folder / VIEWS_FILE).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return {**facts, "card": {"items": per_split}}
