"""Prepare a slice: the part of a prepared domain with some of its labels or clusters -> data/slices/<slice>/.

    data/prepared/<domain>/views/classify.parquet --> rows of the slice --> views.json, views/classify.parquet

Rows stay as they are: every question offers all labels of the domain. So a model that learns one slice after another is
asked the same questions after each step, and held-out items stay held out.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from typing import Any

from harness.config.params import Slice
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
        DataError: the domain is not prepared, it has no labels or not all of these, no cluster begins as the slice
            says, or a split would be empty.
    """
    wanted = project.params.slices[name]
    where = f"params.yaml: slices.{name}"
    domain = PreparedDomain.open(project.prepared_folder(wanted.of))
    if VIEW not in domain.meta["views"]:
        hint = "name a domain that classifies, or take the slice out"
        raise DataError(f'the domain "{wanted.of}" has no labels to choose a slice by', where=where, hint=hint)
    for label in wanted.labels or []:
        if label not in domain.labels:
            what = f'the domain "{wanted.of}" has no label "{label}"'
            raise DataError(what, where=where, hint=did_you_mean(label, domain.labels))
    questions = [row for split in SPLITS for row in domain.questions(VIEW, split)]
    _require_clusters(questions, wanted, where=where)
    rows = [row for row in questions if wanted.holds(row.answer, row.cluster)]
    counts = Counter(row.split for row in rows)
    for split in SPLITS:
        if not counts[split]:
            hint = "put further labels or clusters into the slice"
            raise DataError(f"no {split} item of {wanted.of} {_described(wanted)}", where=where, hint=hint)
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


def _require_clusters(questions: Sequence[Question], wanted: Slice, *, where: str) -> None:
    names = sorted({row.cluster for row in questions})
    for beginning in wanted.clusters or []:
        if not any(name.startswith(beginning) for name in names):
            what = f'no cluster of the domain "{wanted.of}" begins with "{beginning}"'
            hint = f"its clusters have names such as {', '.join(map(repr, (names[0], names[-1])))}"
            raise DataError(what, where=where, hint=hint)


def _described(wanted: Slice) -> str:
    """`has one of the slice's labels`."""
    parts = [name for name, given in (("labels", wanted.labels), ("clusters", wanted.clusters)) if given is not None]
    return f"has one of the slice's {' and one of its '.join(parts)}"
