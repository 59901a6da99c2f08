"""The board in README.md between two markers, from reports/leaderboard.json: answers, pictures and a short table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from harness.display.numbers import level
from harness.display.plain_text import markdown_cell
from harness.errors import DataError
from harness.reports.contract.leaderboard import Leaderboard, Protocol
from harness.reports.contract.rows import Row
from harness.reports.rendering.short_board import answer_lines, board_table
from harness.reports.sections.answer import key_rows
from harness.reports.sections.figures import FIGURES
from harness.reports.sections.picture.picture_file import picture_link
from harness.reports.tables.cell_texts import unscored_sentences

BEGIN = "<!-- board: written by `make readme` from reports/leaderboard.json -->"
END = "<!-- /board -->"


def with_board(readme: str, board: Leaderboard) -> str:
    """The README with its block replaced.

    Raises:
        DataError: the two markers do not appear once each, in order.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after:
        raise DataError("the markers of the board are missing or doubled", where="README.md", expected=f"{BEGIN} {END}")
    return f"{before}{BEGIN}\n\n{block(board)}\n\n{END}{after}"


def block(board: Leaderboard) -> str:
    """Answer and picture of each domain, one table, then the conditions in a few sentences."""
    by_domain = {domain: list(rows) for domain, rows in groupby(board.rows, key=lambda row: row.domain)}
    several = len(by_domain) > 1
    parts, chosen = list[str](), list[Row]()
    for domain, rows in by_domain.items():
        parts += [f"**{markdown_cell(domain)}**", *answer_lines(rows, board)]
        parts.append(picture_link(rows, board.protocol, domain=domain, figures=f"reports/{FIGURES}"))
        chosen += key_rows(rows) if several else leaders(rows)
    parts += board_table(chosen, board, domain_column=several) if chosen else []
    parts += map(markdown_cell, unscored_sentences(board))
    parts.append(_conditions(board.rows, board.protocol, chosen=chosen, several=several))
    return "\n\n".join(part for part in parts if part)


def leaders(rows: Sequence[Row]) -> list[Row]:
    """Of one domain, in the order of the board: the best ranked recipe of each family, and every ranked recipe that
    trains no pretrained model (TF-IDF, prompting). A domain without ranked rows keeps them all."""
    ranked = [row for row in rows if row.ranked]
    best = {row.family: row for row in reversed(ranked)}
    return [row for row in ranked if best[row.family] is row or not (row.base_model and row.trainable_parameters)] or [
        *rows
    ]


def _conditions(rows: list[Row], protocol: Protocol, *, chosen: Sequence[Row], several: bool) -> str:
    examples = protocol.budget.get("train_examples")
    own = any(row.budget_overridden for row in rows)
    budget = f" The budget of each recipe is {examples:g} training examples" if examples else ""
    budget += ", except for recipes marked \\*, which set their own." if own and budget else "." if budget else ""
    corrected = "; verdicts are adjusted for the number of rows" if any(row.rank for row in rows) else ""
    reference = next((row.delta.reference for row in rows if row.delta), None)
    difference = f" Differences are in points to {reference}, paired by item{corrected}." if reference else ""
    models = "Base models" if len(protocol.base_models) > 1 else "Base model"
    which = (
        "Of each domain the leading recipe, the cheapest one that cannot be told from it, the best one without a "
        "pretrained model, and the reference"
        if several
        else "The best recipe of each family and all recipes that train nothing pretrained"
    )
    part = f"{which}: {len(chosen)} of {len(rows)} rows. "
    return (
        f"{part if len(chosen) < len(rows) else ''}{models}: {', '.join(protocol.base_models) or 'none'}. "
        f"Measured on {'; '.join(protocol.devices)}.{budget} "
        f"Brackets hold {level(protocol.confidence)} intervals.{difference} All rows: "
        "[reports/leaderboard.md](reports/leaderboard.md); every column, suite and condition: "
        "[reports/details.md](reports/details.md). `harness board --open` shows all of it as one page."
    )
