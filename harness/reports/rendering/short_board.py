"""`reports/leaderboard.md`: the answer, the picture and one table of at most eight columns for each domain.

Everything else is in details.md and leaderboard.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from harness.display.markdown_table import table
from harness.display.plain_text import markdown_cell
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.rendering.markdown import NOTE
from harness.reports.sections.answer import answer
from harness.reports.sections.figures import FIGURES
from harness.reports.sections.picture.picture_file import LEGEND, picture_link
from harness.reports.tables.cell_texts import (
    delta_text,
    memory_text,
    money_text,
    row_place_text,
    score_text,
    train_time_text,
    unscored_sentences,
)
from harness.reports.tables.fold_sentences import fold_sentences
from harness.reports.tables.machine_marks import mark_sentences
from harness.reports.tables.notes import NumberedNotes, stale_notes

MORE = (
    "The same as one page with pictures, sorting, filters and the answers to read: leaderboard.html (open the file in "
    "a browser, or run `harness board --open`). All columns, suites and conditions: [details.md](details.md)."
)


def short_board(board: Leaderboard) -> str:
    """The whole file."""
    parts = ["# Leaderboard", NOTE, MORE, *map(markdown_cell, unscored_sentences(board))]
    drawn = False
    for domain, rows in groupby(board.rows, key=lambda row: row.domain):
        of_domain = list(rows)
        picture = picture_link(of_domain, board.protocol, domain=domain, figures=FIGURES)
        drawn = drawn or bool(picture)
        parts += [f"## {markdown_cell(domain)}", *answer_lines(of_domain, board), picture]
        parts += board_table(of_domain, board)
    parts += [LEGEND] * drawn
    return "\n\n".join(part for part in parts if part) + "\n"


def answer_lines(rows: Sequence[Row], board: Leaderboard) -> list[str]:
    """The answer in Markdown, then what limits it."""
    found = answer(rows, board)
    sentences = (
        "".join(f"**{markdown_cell(part.text)}**" if part.strong else markdown_cell(part.text) for part in sentence)
        for sentence in found.sentences
    )
    caveats = "\n".join(f"- {markdown_cell(sentence)}" for sentence in found.caveats)
    return [" ".join(sentences), *([caveats] if caveats else [])]


def board_table(rows: Sequence[Row], board: Leaderboard, *, domain_column: bool = False) -> list[str]:
    """The table and the notes below it. `domain_column`: the rows are those of several domains."""
    notes = NumberedNotes([stale_notes(row) for row in rows])
    metrics = sorted({row.score.metric for row in rows if row.score})
    header = ["domain"] * domain_column + [
        "recipe",
        f"{', '.join(metrics)}, %" if metrics else "score",
        "place",
        "difference",
        "memory",
        *(["training"] if not domain_column else []),
        board.protocol.prices.currency,
    ]
    lines = [
        [row.domain] * domain_column
        + [
            row.row_id + ("*" if row.budget_overridden else "") + notes.label(place),
            score_text(row),
            row_place_text(row),
            delta_text(row.delta),
            memory_text(row),
            *([train_time_text(row)] if not domain_column else []),
            money_text(row),
        ]
        for place, row in enumerate(rows)
    ]
    right = range(len(header) - (2 if domain_column else 3), len(header))
    below = [
        "  \n".join(map(markdown_cell, notes.lines())),
        "\n\n".join(map(markdown_cell, [*fold_sentences(rows), *mark_sentences(rows)])),
    ]
    return [table(header, lines, numeric=right), *filter(None, below)]
