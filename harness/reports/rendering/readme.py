"""The board in README.md: a short table between two markers, from reports/leaderboard.json."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from harness.display.markdown_table import table
from harness.display.numbers import level
from harness.display.plain_text import markdown_cell
from harness.errors import DataError
from harness.reports.contract.leaderboard import Leaderboard, Protocol
from harness.reports.contract.rows import Row
from harness.reports.tables.cell_texts import (
    delta_text,
    memory_text,
    money_text,
    refusal_text,
    retention_heading,
    retention_text,
    row_place_text,
    score_text,
    train_time_text,
    unscored_sentences,
)
from harness.reports.tables.fold_sentences import fold_sentences
from harness.reports.tables.machine_marks import mark_sentences
from harness.reports.tables.notes import NumberedNotes, stale_notes

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
    """Table and findings of each domain, then the conditions in a few sentences."""
    protocol = board.protocol
    parts, shown = [], 0
    for domain, rows in groupby(board.rows, key=lambda row: row.domain):
        chosen = leaders(list(rows))
        shown += len(chosen)
        parts.append(f"**{markdown_cell(domain)}**")
        notes = NumberedNotes([stale_notes(row) for row in chosen])
        parts.append(_table(chosen, notes, currency=protocol.prices.currency))
        parts.append("  \n".join(map(markdown_cell, notes.lines())))
        parts.append("\n\n".join(map(markdown_cell, [*fold_sentences(chosen), *mark_sentences(chosen)])))
        parts.append("\n".join(f"- {markdown_cell(sentence)}" for sentence in board.findings.get(domain, [])))
    parts += map(markdown_cell, unscored_sentences(board))
    parts.append(_conditions(board.rows, protocol, shown=shown))
    return "\n\n".join(part for part in parts if part)


def leaders(rows: Sequence[Row]) -> list[Row]:
    """Of one domain, in the order of the board: the best ranked recipe of each family, and every ranked recipe that
    trains no pretrained model (TF-IDF, prompting). A domain without ranked rows keeps them all."""
    ranked = [row for row in rows if row.ranked]
    best = {row.family: row for row in reversed(ranked)}
    return [row for row in ranked if best[row.family] is row or not (row.base_model and row.trainable_parameters)] or [
        *rows
    ]


def _conditions(rows: list[Row], protocol: Protocol, *, shown: int) -> str:
    examples = protocol.budget.get("train_examples")
    own = any(row.budget_overridden for row in rows)
    budget = f" The budget of each recipe is {examples:g} training examples" if examples else ""
    budget += ", except for recipes marked \\*, which set their own." if own and budget else "." if budget else ""
    corrected = "; verdicts are adjusted for the number of rows" if any(row.rank for row in rows) else ""
    reference = next((row.delta.reference for row in rows if row.delta), None)
    difference = f" Differences are in points to {reference}, paired by item{corrected}." if reference else ""
    models = "Base models" if len(protocol.base_models) > 1 else "Base model"
    part = (
        f"The best recipe of each family and all recipes that train nothing pretrained: {shown} of {len(rows)} rows. "
    )
    return (
        f"{part if shown < len(rows) else ''}{models}: {', '.join(protocol.base_models) or 'none'}. "
        f"Measured on {'; '.join(protocol.devices)}.{budget} "
        f"Brackets hold {level(protocol.confidence)} intervals.{difference} All rows, columns and conditions: "
        "[reports/leaderboard.md](reports/leaderboard.md)."
    )


def _table(rows: list[Row], notes: NumberedNotes, *, currency: str) -> str:
    metrics = sorted({row.score.metric for row in rows if row.score})
    score = f"{', '.join(metrics)}, %" if metrics else "score"
    header = [
        "recipe",
        score,
        "place",
        "difference",
        "refusal / over-refusal, %",
        retention_heading(rows),
        "memory",
        "training",
        currency,
    ]
    lines = [_cells(row, notes.label(place)) for place, row in enumerate(rows)]
    return table(header, lines, numeric=(6, 7, 8))


def _cells(row: Row, label: str) -> list[str]:
    return [
        row.row_id + ("*" if row.budget_overridden else "") + label,
        score_text(row),
        row_place_text(row),
        delta_text(row.delta),
        refusal_text(row.safety),
        retention_text(row.retention),
        memory_text(row),
        train_time_text(row),
        money_text(row),
    ]
