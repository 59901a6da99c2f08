"""A prepared domain with texts for the items that `write_run` invents, and a suite that allows to abstain."""

from __future__ import annotations

import json

import pyarrow.parquet as pq

from harness.config.project import Project
from harness.items.prepared import VIEWS_FILE
from harness.items.rows import Question, content_hash, write_rows
from harness.records.run_record import Metric, ScoreRecord, SuiteScore, read_record, write_record
from harness.store.ingest import ingest
from tests.store.records_factory import write_samples

NASTY = "what is \x1b[31mthis\u202e [bold]<b>?"


def write_questions(project: Project, *, view: str = "classify", count: int = 150) -> None:
    """`question 7` for q007; every tenth has a text that would steer a terminal."""
    folder = project.prepared_folder("hs_products")
    rows = [
        Question(
            id=f"q{i:03d}",
            split="test",
            cluster=f"c{i // 3}",
            text=f"question {i}" if i % 10 else NASTY,
            prompt="?",
            choices=tuple(f"label {label}" for label in range(5)),
            answer=f"label {i % 5}",
        )
        for i in range(count)
    ]
    write_rows(Question, rows, folder / "views" / f"{view}.parquet")
    meta = {"labels": [], "main_view": view, "views": {view: {"sha256": content_hash(rows)}}}
    (folder / VIEWS_FILE).write_text(json.dumps(meta))


GROUNDED = {
    "wrong": ("an answer", "answered: hats", 1.0),
    "right": ("an answer", "answered: footwear", 1.0),
    "declined": ("to abstain", "abstained", 1.0),
    "lost": ("an answer", "abstained", 0.0),
    "invented": ("to abstain", "answered: hats", 0.0),
}
"""Item -> gold, answer and `correct`, as the kind `abstention` records them where it only asks whether to abstain."""


def write_abstention(project: Project, run: str, *, prepared: bool = True) -> None:
    """The run was also asked about extracts (suite `grounded`); the questions are there if `prepared`."""
    (key,) = [key for key in project.runs() if key.id == run]
    folder = project.record_folder(key) / "score"
    record = read_record(ScoreRecord, folder / "scores.json")
    suite = SuiteScore(
        suite="grounded",
        domain=key.domains[0],
        kind="abstention",
        column="hallucination",
        primary="balanced_accuracy",
        protocol_hash="p1",
        metrics={"balanced_accuracy": Metric(value=(2 / 3 + 1 / 2) / 2, n=len(GROUNDED))},
    )
    write_record(record.model_copy(update={"suites": [*record.suites, suite]}), folder / "scores.json")
    rows = pq.read_table(folder / "samples.parquet").to_pylist()
    for item, (gold, answer, correct) in GROUNDED.items():
        own = {"suite": "grounded", "item_id": item, "cluster": "c", "gold": gold, "answer": answer}
        rows.append(own | {"correct": correct})
    write_samples(project, key, rows)
    if prepared:
        _write_extracts(project)
    ingest(project)


def _write_extracts(project: Project) -> None:
    rows = [
        Question(
            id=item,
            split="test",
            cluster="c",
            text="6401",
            prompt="6401: footwear\n6402: hats\nWhat is 6401?",
            choices=("footwear", "hats", "not in the extract"),
            answer="footwear" if gold == "an answer" else "not in the extract",
        )
        for item, (gold, _, _) in GROUNDED.items()
    ]
    folder = project.prepared_folder("hs_products")
    write_rows(Question, rows, folder / "views/grounded.parquet")
    meta = {"labels": [], "main_view": "classify", "views": {"grounded": {"sha256": content_hash(rows)}}}
    (folder / VIEWS_FILE).write_text(json.dumps(meta))
