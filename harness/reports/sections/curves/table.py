"""The section "Learning curves" of the board."""

from __future__ import annotations

from harness.display.markdown_table import table
from harness.display.numbers import UNKNOWN, duration, percent
from harness.display.plain_text import markdown_cell
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.sections.curves import Curve, CurveCell, CurveSet

READING = (
    "Each point is the mean over several trainings. Each training uses the given number of items (in total, not per "
    "label), drawn anew. Brackets hold the interval over draws and test items together. The last column is the time "
    "of all trainings of the row, scoring included; curves may come from different machines, so it is no comparison. "
    "With 32 or more items every recipe makes as many passes as on the main board. With fewer items it makes more "
    "passes, so that it sees as many examples as with 32. Points are not corrected for the number of comparisons, and "
    "they use fewer test items than the table of the domain: use that table to judge between two recipes."
)


def curves_section(board: Leaderboard) -> list[str]:
    """Figure and table of each domain in Markdown; empty where no recipe has a curve."""
    if not board.curves:
        return []
    parts = ["## Learning curves", READING]
    for domain, found in board.curves.items():
        name = markdown_cell(domain)
        parts.append(f"### Learning curves on {name}")
        if found.figure:
            parts.append(f"![{caption(found, name)}]({found.figure})")
        parts += curve_tables(found)
    return parts


def caption(found: CurveSet, domain: str) -> str:
    """One line that says what the figure shows."""
    return f"{found.metric} on {domain} by training items, mean over draws with intervals"


def curve_tables(found: CurveSet) -> list[str]:
    """The points of one domain in Markdown: the curves that compare, the reference, the others, and what failed."""
    sizes = sorted({point.k for curve in found.curves for point in curve.points})
    ours = [curve for curve in found.curves if curve.comparable]
    others = [curve for curve in found.curves if not curve.comparable]
    parts = [_table(ours, sizes, metric=found.metric)] if ours else []
    if found.reference:
        score = percent(found.reference.value, found.reference.low, found.reference.high)
        parts.append(f"{found.reference.recipe} on the same {found.reference.n} test items: {score}.")
    if others:
        parts += ["Not comparable, because scored by another protocol:", _table(others, sizes, metric=None)]
    reasons = sorted(
        {f"{c.recipe} with {p.k} items: {reason}" for c in found.curves for p in c.points for reason in p.failed}
    )
    if reasons:
        parts.append(f"Failed: {markdown_cell('; '.join(reasons))}.")
    return parts


def _table(curves: list[Curve], sizes: list[int], *, metric: str | None) -> str:
    score = f"{metric}, %" if metric else "score, %"
    header = ["recipe", *(f"{k} items: {score}" for k in sizes), "n", "draws", "time"]
    return table(header, (_cells(curve, sizes) for curve in curves), numeric=range(len(sizes) + 1, len(sizes) + 4))


def _cells(curve: Curve, sizes: list[int]) -> list[str]:
    by_k = {point.k: point for point in curve.points}
    asked = sorted({point.n for point in curve.points if point.n is not None})
    return [
        f"{curve.title} ({curve.recipe.partition('/')[2]})",
        *(_point(by_k.get(k)) for k in sizes),
        "-".join(map(str, asked)) or UNKNOWN,
        _draws(curve),
        duration(sum(point.seconds for point in curve.points)),
    ]


def _point(point: CurveCell | None) -> str:
    if point is None:
        return UNKNOWN
    if point.value is None:
        return "failed"
    failed = f"; of {point.draws} draws" if point.failed else ""
    return percent(point.value, point.low, point.high) + failed


def _draws(curve: Curve) -> str:
    found = sorted({point.draws for point in curve.points})
    return str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}"
