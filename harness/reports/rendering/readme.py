"""The board in README.md: a shorter table between two markers, from reports/leaderboard.json."""

from __future__ import annotations

from itertools import groupby

from harness.display.markdown_table import table
from harness.display.numbers import duration, level, megabytes, money
from harness.display.plain_text import markdown_cell
from harness.errors import DataError
from harness.reports.contract.leaderboard import Leaderboard, Protocol
from harness.reports.contract.rows import Row
from harness.reports.tables.cell_texts import (
    delta_text,
    rank_cell_text,
    refusal_text,
    retention_text,
    score_text,
    unscored_sentences,
    value_text,
)

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
    parts = []
    for domain, rows in groupby(board.rows, key=lambda row: row.domain):
        parts.append(f"**{markdown_cell(domain)}**")
        parts.append(_table([row for row in rows if row.comparable], currency=protocol.prices.currency))
        parts.append("\n".join(f"- {markdown_cell(sentence)}" for sentence in board.findings.get(domain, [])))
    parts += map(markdown_cell, unscored_sentences(board))
    parts.append(_conditions(board.rows, protocol))
    return "\n\n".join(part for part in parts if part)


def _conditions(rows: list[Row], protocol: Protocol) -> str:
    examples = protocol.budget.get("train_examples")
    own = any(row.budget_overridden for row in rows)
    budget = f" The budget of each recipe is {examples:g} training examples" if examples else ""
    budget += ", except for recipes marked \\*, which set their own." if own and budget else "." if budget else ""
    corrected = "; verdicts are Holm-corrected" if any(row.rank for row in rows) else ""
    reference = next((row.delta.reference for row in rows if row.delta), None)
    difference = f" Differences are in points to {reference}, paired by item{corrected}." if reference else ""
    models = "Base models" if len(protocol.base_models) > 1 else "Base model"
    return (
        f"{models}: {', '.join(protocol.base_models) or 'none'}. Measured on {'; '.join(protocol.devices)}.{budget} "
        f"Brackets hold {level(protocol.confidence)} intervals.{difference} All columns, conditions and how to read "
        "them: [reports/leaderboard.md](reports/leaderboard.md)."
    )


def _table(rows: list[Row], *, currency: str) -> str:
    metrics = sorted({row.score.metric for row in rows if row.score})
    score = f"{', '.join(metrics)}, %" if metrics else "score"
    header = [
        "recipe",
        score,
        "difference",
        "claims told apart, %",
        "refusal / over-refusal, %",
        "retention",
        "memory",
        "training",
        currency,
        "seeds",
    ]
    cells = [_cells(row) for row in rows]
    if not any(row.rank for row in rows):
        return table(header, cells, numeric=(6, 7, 8, 9))
    ranks = ["rank (P best)", *map(rank_cell_text, rows)]
    cells = [[recipe, score, rank, *rest] for rank, (recipe, score, *rest) in zip(ranks, [header, *cells], strict=True)]
    return table(cells[0], cells[1:], numeric=(7, 8, 9, 10))


def _cells(row: Row) -> list[str]:
    return [
        row.row_id + ("*" if row.budget_overridden else ""),
        score_text(row),
        delta_text(row.delta),
        value_text(row.hallucination),
        refusal_text(row.safety),
        retention_text(row.retention),
        megabytes(row.memory.train_peak_mb),
        duration(row.cost.train_seconds),
        money(row.cost.usd),
        str(len(row.seeds)),
    ]
