"""Answers of a model that try to run as a script of the page."""

from __future__ import annotations

import pyarrow.parquet as pq

from harness.config.project import Project
from harness.store.ingest import ingest
from tests.store.records_factory import write_samples

EVIL = '</script><script>window.ran = 1</script><img src="x" onerror="window.ran = 1">'


def with_evil_answers(project: Project) -> None:
    """The wrong answers of peft/lora, seed 0, are `EVIL`, and those of the other seeds too."""
    for key in project.runs():
        if key.recipe == "lora":
            rows = pq.read_table(project.record_folder(key) / "score/samples.parquet").to_pylist()
            evil = [row | ({"answer": EVIL} if row["answer"] == "label x" else {}) for row in rows]
            write_samples(project, key, evil)
    ingest(project)
