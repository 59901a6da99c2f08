"""A prepared domain with texts for the items that `write_run` invents."""

from __future__ import annotations

import json

from harness.config.project import Project
from harness.items.prepared import VIEWS_FILE
from harness.items.rows import Question, content_hash, write_rows

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
