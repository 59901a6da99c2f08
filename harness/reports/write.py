"""`harness report`: write reports/leaderboard.md, leaderboard.json and metrics.json from the Parquet files.

The data cards of all prepared domains are put beside them, in reports/domains/, and figures in reports/figures/.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from harness.config.curve_key import active_curves
from harness.config.project import Project
from harness.errors import DataError
from harness.reports.board.board import read_board
from harness.reports.board.findings import findings
from harness.reports.board.leaderboard_file import NAME, board_json, metrics_json
from harness.reports.board.protocol import read_protocol
from harness.reports.board.ranking import Contender
from harness.reports.board.rows import Leaderboard
from harness.reports.board.settings import Settings
from harness.reports.rendering.markdown import render
from harness.reports.sections.curves import read_curves
from harness.reports.sections.figures import write_figures
from harness.reports.sections.transfer import transfers
from harness.reports.sections.tuning import TuningInfo, read_tuning
from harness.reports.sections.tuning_table import with_tuning
from harness.runtime.atomic_output import atomic_file, atomic_folder
from harness.store.parquet_views import open_store

CARDS = "domains"
"""Folder of the data cards below reports/."""


def build(project: Project, *, sources: list[dict[str, Any]]) -> Leaderboard:
    """The board of the store as it is.

    Raises:
        DataError: there is no store, or its samples contradict each other.
        ConfigError: a YAML file is wrong.
    """
    connection = open_store(project.root)
    try:
        settings = Settings.of(project)
        tuning = read_tuning(connection)
        contenders = [_as_in_recipe(contender, project, tuning) for contender in read_board(connection, settings)]
        protocol = read_protocol(connection, project, sources=sources)
        titles = {key.recipe_id: project.recipe(key.recipe_id).about.title for key in active_curves(project)}
        curves = read_curves(connection, settings, titles=titles)
    finally:
        connection.close()
    rows = [contender.row for contender in contenders]
    found = findings(contenders, settings, profiles=protocol.profiles)
    cards = {domain: f"{CARDS}/{domain}.md" for domain in project.params.prepared_domains}
    return Leaderboard(
        protocol=protocol,
        cards=cards,
        findings=found,
        tuning=tuning,
        transfer=transfers(rows, settings.suites),
        curves=curves,
        rows=rows,
    )


def write_cards(project: Project) -> None:
    """Rewrite reports/domains/: the card of each prepared domain, and no others.

    Raises:
        DataError: a domain is not prepared.
    """
    with atomic_folder(project.root / "reports" / CARDS) as folder:
        for domain in project.params.prepared_domains:
            card = project.prepared_folder(domain) / "card.md"
            if not card.is_file():
                raise DataError("the domain has no data card", where=str(card), hint=f"run `harness prepare {domain}`")
            shutil.copyfile(card, folder / f"{domain}.md")


def _as_in_recipe(contender: Contender, project: Project, tuning: Mapping[str, TuningInfo]) -> Contender:
    """With its trials, and the title that the recipe has now, if it is still there: a better title re-runs nothing."""
    row = with_tuning(contender.row, tuning)
    if row.recipe_id in project.recipe_ids:
        row = row.model_copy(update={"title": project.recipe(row.recipe_id).about.title})
    return replace(contender, row=row)


def write(board: Leaderboard, project: Project) -> None:
    """Each file appears whole or not at all."""
    texts = {NAME: board_json(board), "leaderboard.md": render(board), "metrics.json": metrics_json(board)}
    write_cards(project)
    write_figures(board, project.root / "reports")
    for name, text in texts.items():
        with atomic_file(project.root / "reports" / name) as working:
            working.write_text(text, encoding="utf-8")
