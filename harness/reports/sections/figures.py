"""The folder reports/figures: every figure of the board, and a page that shows them."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from harness.display.plain_text import markdown_cell
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.sections.alignment.figure import draw_policies
from harness.reports.sections.alignment.table import caption as policies_caption
from harness.reports.sections.continual.figure import draw_matrices
from harness.reports.sections.continual.table import matrix_caption
from harness.reports.sections.curves.figure import draw_curves
from harness.reports.sections.curves.table import caption
from harness.reports.sections.media.sheet import draw_sheet
from harness.reports.sections.media.table import caption as media_caption
from harness.reports.sections.picture.picture_file import picture_link, picture_name, picture_svg
from harness.runtime.atomic_output import atomic_folder

FIGURES = "figures"
"""Folder of the figures below reports/."""

PAGE = "README.md"
"""Written even without any figure: git keeps no empty folder, and DVC requires its outputs to exist."""


def write_figures(board: Leaderboard, reports: Path) -> None:
    """Rewrite the folder: it then holds the figures of this board and no others."""
    parts = [
        "# Figures",
        "Written by `harness report` from reports/parquet/; read with [the board](../leaderboard.md).",
    ]
    with atomic_folder(reports / FIGURES) as folder:
        for domain, rows in groupby(board.rows, key=lambda row: row.domain):
            of_domain = list(rows)
            if drawing := picture_svg(of_domain, board.protocol, domain=domain):
                (folder / picture_name(domain)).write_text(drawing + "\n", encoding="utf-8")
                parts.append(picture_link(of_domain, board.protocol, domain=domain, figures="."))
        for domain, found in board.curves.items():
            if found.figure is None:
                continue
            name = Path(found.figure).name
            draw_curves(found, folder / name, domain=domain, confidence=board.protocol.confidence)
            parts.append(f"![{caption(found, markdown_cell(domain))}]({name})")
        for domain, aligned in board.alignment.items():
            if aligned.figure is None:
                continue
            name = Path(aligned.figure).name
            draw_policies(aligned.policies, folder / name, domain=domain)
            parts.append(f"![{policies_caption(markdown_cell(domain))}]({name})")
        for domain, media in board.media.items():
            if media.figure is None:
                continue
            name = Path(media.figure).name
            draw_sheet(media.samples, folder / name, domain=domain)
            parts.append(f"![{media_caption(markdown_cell(domain))}]({name})")
        for matrix in board.continual:
            name = Path(matrix.figure).name
            draw_matrices(matrix, folder / name)
            parts.append(f"![{matrix_caption(matrix)}]({name})")
        if len(parts) == 2:
            parts.append("No figure: no row of this board has a score.")
        (folder / PAGE).write_text("\n\n".join(parts) + "\n", encoding="utf-8")
