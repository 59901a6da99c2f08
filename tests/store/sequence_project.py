"""A recorded project in which LoRA also learnt two domains one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.config.project import Project, RunKey
from harness.store.ingest import ingest
from tests.store.records_factory import write_all_runs, write_failed_run, write_run
from tests.tree import copy_tree

FIRST = RunKey("peft", "lora", ("hs_products",), 0)
SECOND = RunKey("peft", "lora", ("hs_products", "icd10"), 0)
R_MATRIX = {FIRST: {"hs_products": 0.7, "icd10": 0.2}, SECOND: {"hs_products": 0.4, "icd10": 0.6}}
"""Run -> domain asked about -> planted accuracy."""


class SequenceProject(Project):
    """The active runs of the tree and the second step of the sequence."""

    def runs(self, *arguments: Any) -> Iterator[RunKey]:
        yield from super().runs(*arguments)
        yield SECOND


def sequence_project(root: Path, *, second_failed: bool = False) -> SequenceProject:
    """Both steps of LoRA are scored on both domains; every other recipe learnt hs_products alone."""
    project = SequenceProject(copy_tree(root).root)
    write_all_runs(Project(project.root))
    for key, asked in R_MATRIX.items():
        parents = {"model": FIRST.id} if key is SECOND else {}
        write_run(project, key, asked=asked, parents=parents)
    if second_failed:
        write_failed_run(project, SECOND, reason="out of memory")
    ingest(project)
    return project
