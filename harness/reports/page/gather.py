"""Everything on the page that is not on the board: answers from the store, method cards from the code, data cards."""

from __future__ import annotations

from pathlib import Path

from harness.config.project import Project
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.page.method_cards import method_cards
from harness.reports.page.page import Beside
from harness.reports.page.samples import read_samples
from harness.store.parquet_views import open_store


def beside(project: Project, board: Leaderboard) -> Beside:
    """Read from the store, the recipes and the prepared domains.

    Raises:
        DataError: there is no store.
        ConfigError: a YAML file is wrong.
    """
    connection = open_store(project.root, reports=project.reports_folder)
    try:
        samples = read_samples(connection, project, board.rows)
    finally:
        connection.close()
    cards = {domain: project.prepared_folder(Path(card).stem) / "card.md" for domain, card in board.cards.items()}
    return Beside(
        samples=samples,
        methods=method_cards(project, board.rows),
        cards={domain: path.read_text(encoding="utf-8") for domain, path in cards.items() if path.is_file()},
    )
