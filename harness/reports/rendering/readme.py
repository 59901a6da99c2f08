"""The board in README.md: a shorter table between two markers, from reports/leaderboard.json."""

from __future__ import annotations

from itertools import groupby

from harness.display.markdown_table import table
from harness.display.numbers import UNKNOWN, duration, level, megabytes, money, percent
from harness.display.plain_text import markdown_cell
from harness.errors import DataError
from harness.reports.board.rows import Leaderboard, Row
from harness.reports.rendering.markdown import rank_of, refusal_text, retention_text
from harness.reports.rendering.suite_table import delta_text

BEGIN = "<!-- board: written by `make readme` from reports/leaderboard.json -->"
END = "<!-- /board -->"


def with_board(readme: str, board: Leaderboard) -> str:
    """The README with its block replaced.

    Raises:
        DataError: the markers are not there, once each and in order.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after:
        raise DataError("the markers of the board are missing or doubled", where="README.md", expected=f"{BEGIN} {END}")
    return f"{before}{BEGIN}\n\n{block(board)}\n\n{END}{after}"


def block(board: Leaderboard) -> str:
    """Table and findings of each domain, and the conditions in one sentence."""
    protocol = board.protocol
    parts = []
    for domain, rows in groupby(board.rows, key=lambda row: row.domain):
        parts.append(f"**{markdown_cell(domain)}**")
        parts.append(_table([row for row in rows if row.comparable], currency=protocol.prices.currency))
        parts.append("\n".join(f"- {markdown_cell(sentence)}" for sentence in board.findings.get(domain, [])))
    budget = protocol.budget.get("train_examples")
    examples = f", {budget:g} training examples each" if budget else ""
    corrected = ", verdicts Holm-corrected" if any(row.rank for row in board.rows) else ""
    parts.append(
        f"Base model {', '.join(protocol.base_models)}{examples}, on {'; '.join(protocol.devices)}. In brackets "
        f"{level(protocol.confidence)} intervals; differences in points, paired by item, to zero-shot prompting"
        f"{corrected}. All columns, conditions and how to read them: [reports/leaderboard.md](reports/leaderboard.md)."
    )
    return "\n\n".join(part for part in parts if part)


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
    ranks = ["rank (P best)", *map(rank_of, rows)]
    cells = [[recipe, score, rank, *rest] for rank, (recipe, score, *rest) in zip(ranks, [header, *cells], strict=True)]
    return table(cells[0], cells[1:], numeric=(7, 8, 9, 10))


def _cells(row: Row) -> list[str]:
    claims = row.hallucination
    return [
        f"{row.family}/{row.recipe}",
        percent(row.score.value, row.score.low, row.score.high) if row.score else _why_not(row),
        delta_text(row.delta),
        percent(claims.value, claims.low, claims.high) if claims and claims.value is not None else UNKNOWN,
        refusal_text(row.safety),
        retention_text(row.retention),
        megabytes(row.memory.train_peak_mb),
        duration(row.cost.train_seconds),
        money(row.cost.usd),
        str(len(row.seeds)),
    ]


def _why_not(row: Row) -> str:
    return f"failed: {row.reason}" if row.status == "failed" else f"{UNKNOWN} {row.reason or ''}".rstrip()
