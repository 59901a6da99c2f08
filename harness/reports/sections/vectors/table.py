"""The section "Search with vectors" of the board."""

from __future__ import annotations

from collections.abc import Sequence

from harness.display.markdown_table import table
from harness.display.numbers import UNKNOWN, byte_size, percent, points
from harness.display.plain_text import markdown_cell
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.sections.vectors import VectorCell, VectorRow, VectorSet

READING = (
    "Each test pair is a query that searches for its own text among all texts of the domain, by exact comparison of "
    "vectors. nDCG@10 is 100 if that text is always the nearest, and 0 if it is never among the ten nearest. Only one "
    "text counts as right, so a good answer beside it counts as wrong. Brackets hold 95 % intervals over queries and "
    "seeds, differences are paired by query, verdicts are adjusted for the rows of the table. The last columns use "
    "only the first components of every vector. Queries a second: one after another, its vector and the comparison "
    "with all texts, on the machine of the row."
)


def vectors_section(board: Leaderboard) -> list[str]:
    """The table of each domain in Markdown; empty where nothing was measured."""
    if not board.vectors:
        return []
    level = f"{100 * board.protocol.confidence:g} %"
    parts = ["## Search with vectors", READING.replace("95 %", level)]
    for domain, found in board.vectors.items():
        texts = f"{found.documents:,} texts, {found.queries:,} queries"
        parts += [f"### Search in {markdown_cell(domain)}", f"{texts}.", _table(found)]
    return parts


def _table(found: VectorSet) -> str:
    shorter = max((len(row.sizes) for row in found.rows), default=1) - 1
    plain = f", points to {found.reference}" if found.reference else ""
    header = ["recipe", "nDCG@10, %", f"difference{plain}", "first, %", "among ten, %", "dimensions", "index"]
    header += ["queries a second", *(f"1/{2 ** (place + 1)} of the components: nDCG@10, %" for place in range(shorter))]
    return table(header, (_cells(row, shorter) for row in found.rows), numeric=range(3, len(header)))


def _cells(row: VectorRow, shorter: int) -> list[str]:
    whole = row.sizes[0]
    return [
        row.recipe,
        percent(whole.value, whole.low, whole.high),
        UNKNOWN if row.delta is None else f"{points(row.delta, row.low, row.high)} {row.verdict}",
        percent(row.recall_at_1),
        percent(row.recall_at_10),
        str(whole.dimensions),
        byte_size(whole.index_bytes),
        f"{row.queries_per_second:.0f}",
        *_shorter(row.sizes[1:], shorter),
    ]


def _shorter(sizes: Sequence[VectorCell], number: int) -> list[str]:
    shown = [f"{percent(one.value)} ({one.dimensions}, {byte_size(one.index_bytes)})" for one in sizes]
    return [*shown, *[UNKNOWN] * (number - len(shown))]
