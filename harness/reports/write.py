"""`harness report`: write the boards from the Parquet files: leaderboard.md, .html and .json, details.md, metrics.json.

The data cards of all prepared domains are copied to reports/domains/, figures are drawn in reports/figures/.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.config.curve_key import active_curves
from harness.config.folds import first_fold
from harness.config.project import Project
from harness.errors import DataError
from harness.reports.board.board import DomainBoard, read_board
from harness.reports.board.findings import findings
from harness.reports.board.measured.groups import records_of
from harness.reports.board.protocol import read_protocol
from harness.reports.board.settings import Settings
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.leaderboard_file import NAME, board_json, metrics_json
from harness.reports.contract.rows import Row
from harness.reports.contract.sections.tuning import TuningInfo
from harness.reports.page.gather import beside
from harness.reports.page.media_samples import with_samples
from harness.reports.page.page import NAME as PAGE
from harness.reports.page.page import page
from harness.reports.rendering.markdown import render
from harness.reports.rendering.short_board import short_board
from harness.reports.sections.alignment.read import read_alignment
from harness.reports.sections.continual.read import read_continual
from harness.reports.sections.curves.read import read_curves
from harness.reports.sections.figures import write_figures
from harness.reports.sections.media.read import read_media
from harness.reports.sections.transfer.read import transfers
from harness.reports.sections.tuning.read import read_tuning, with_tuning
from harness.reports.sections.vectors.read import read_vectors
from harness.runtime.atomic_output import atomic_file, atomic_folder
from harness.store.parquet_views import open_store

CARDS = "domains"
"""Folder of the data cards below reports/."""


def build(project: Project, *, sources: list[dict[str, Any]]) -> Leaderboard:
    """The board of the current store.

    Raises:
        DataError: there is no store, or its samples contradict each other.
        ConfigError: a YAML file is wrong.
    """
    connection = open_store(project.root, reports=project.reports_folder)
    try:
        settings = Settings.of(project)
        tuning = read_tuning(connection)
        boards = _up_to_date(read_board(connection, settings), project, tuning)
        protocol = read_protocol(connection, project, sources=sources)
        titles = {key.recipe_id: project.recipe(key.recipe_id).about.title for key in active_curves(project)}
        curves = read_curves(connection, settings, titles=titles)
        vectors = read_vectors(connection, settings)
        alignment = read_alignment(connection, confidence=settings.resampling.confidence)
        continual = read_continual(connection, project, settings)
        media = with_samples(connection, project, read_media(connection, project, settings))
        unscored = [row["id"] for row in records_of(connection, "FROM unscored ORDER BY id")]
    finally:
        connection.close()
    rows = [row for board in boards for row in board.rows]
    return Leaderboard(
        protocol=protocol,
        cards=_cards(project),
        findings=findings(boards, settings, profiles=protocol.profiles),
        tuning=tuning,
        transfer=transfers(rows, settings),
        alignment=alignment,
        unscored=unscored,
        curves=curves,
        vectors=vectors,
        continual=continual,
        media=media,
        rows=rows,
    )


def _cards(project: Project) -> dict[str, str]:
    """Domain of rows -> its data card below reports/; of a domain with folds, the card of the first fold."""
    bases, names = project.bases_of_folds, project.params.prepared_domains
    shown = [name for name in names if first_fold(project, name) == name]
    return {bases.get(name, name): f"{CARDS}/{name}.md" for name in shown}


def write(board: Leaderboard, project: Project) -> list[str]:
    """Write all files of the board, each whole or not at all; the names of those directly in reports/."""
    texts = {
        NAME: board_json(board),
        "leaderboard.md": short_board(board),
        "details.md": render(board),
        PAGE: page(board, beside(project, board)),
        "metrics.json": metrics_json(board),
    }
    write_cards(project)
    write_figures(board, project.root / "reports")
    for name, text in texts.items():
        with atomic_file(project.root / "reports" / name) as working:
            working.write_text(text, encoding="utf-8")
    return list(texts)


def write_cards(project: Project) -> None:
    """Rewrite reports/domains/: it then holds the card of each prepared domain and no others.

    Raises:
        DataError: a domain is not prepared.
    """
    with atomic_folder(project.root / "reports" / CARDS) as folder:
        for domain in project.params.prepared_domains:
            card = project.prepared_folder(domain) / "card.md"
            if not card.is_file():
                raise DataError("the domain has no data card", where=str(card), hint=f"run `harness prepare {domain}`")
            shutil.copyfile(card, folder / f"{domain}.md")


def _up_to_date(boards: Sequence[DomainBoard], project: Project, tuning: Mapping[str, TuningInfo]) -> list[DomainBoard]:
    """The boards with the current recipes' trials and titles: changing a title re-runs no training."""

    def current(row: Row) -> Row:
        row = with_tuning(row, tuning)
        if row.recipe_id not in project.recipe_ids:
            return row
        return row.model_copy(update={"title": project.recipe(row.recipe_id).about.title})

    return [replace(board, rows=[current(row) for row in board.rows]) for board in boards]
