"""The picture of each domain as a file in reports/figures/, for README and leaderboard.md."""

from __future__ import annotations

from collections.abc import Sequence

from harness.display.plain_text import markdown_cell
from harness.reports.contract.leaderboard import Protocol
from harness.reports.contract.rows import Row
from harness.reports.sections.picture.scatter import STYLE, picture

LEGEND = (
    "Blue: may be best. Orange diamonds: surely not the best, but no other row scores as high for as little. Grey: "
    "another row scores at least as high and needs no more. A blue ring around grey: may be best, but another row "
    "needs less. Dashed circles: measured on another kind of machine or beside other work. Vertical lines: intervals."
)
"""How to read a picture."""


def picture_name(domain: str) -> str:
    """`board-hs_products.svg`."""
    return f"board-{domain}.svg"


def picture_svg(rows: Sequence[Row], protocol: Protocol, *, domain: str) -> str:
    """The whole file; empty where there is nothing to draw."""
    return picture(rows, protocol, domain=domain, style=STYLE)


def picture_link(rows: Sequence[Row], protocol: Protocol, *, domain: str, figures: str) -> str:
    """The picture in Markdown; `figures` is the folder seen from the page. Empty where there is nothing to draw."""
    if not picture_svg(rows, protocol, domain=domain):
        return ""
    name = markdown_cell(domain)
    return f"![{name}: score against memory, and against cost]({figures}/{picture_name(domain)})"
