"""The picture of a domain as SVG: score with interval against memory, and against cost.

Drawn by this code alone: the same rows give the same bytes. Colours come from classes, so the page and the file each
bring their own style.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from harness.display.numbers import level
from harness.display.plain_text import plain
from harness.reports.contract.leaderboard import Protocol
from harness.reports.contract.rows import Row
from harness.reports.sections.picture.axes import Axis, tick_text
from harness.reports.sections.picture.labels import Box, placed
from harness.reports.sections.picture.measures import COST, MEMORY, SCORE, Measure, Reading, measures
from harness.reports.sections.picture.pareto import dominated

WIDTH, HEIGHT = 480.0, 360.0
"""Of one panel."""
LEFT, RIGHT, TOP, BOTTOM = 46.0, 12.0, 30.0, 44.0
"""Margins of a panel."""

STYLE = (
    "text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:#1f2328}"
    ".paper{fill:#fff}.grid{stroke:#e4e7eb}.axis{fill:#57606a}.title{fill:#1f2328;font-weight:600}"
    ".bar{stroke:#8c959f;stroke-opacity:.55}.front-line{fill:none;stroke:#8c959f;stroke-dasharray:3 3}"
    ".mark{stroke:#fff;stroke-width:1}.tie{fill:#0072b2}.front{fill:#d55e00}.behind{fill:#868e97}"
    ".tie.behind{fill:#868e97;stroke:#0072b2;stroke-width:2}.apart{fill:none;stroke:#8c959f;stroke-dasharray:2 2}"
)
"""For the file; the page has the same classes for light and dark."""


@dataclass(frozen=True)
class Point:
    """One row of a chart."""

    name: str
    x: Reading
    y: Reading
    tie: bool
    """It may be best."""
    dominated: bool

    @property
    def compares(self) -> bool:
        """Whether both figures were measured so that they compare."""
        return self.x.compares and self.y.compares

    @property
    def classes(self) -> str:
        """The classes of its mark."""
        if not self.compares:
            return "mark apart"
        if self.tie:
            return "mark tie behind" if self.dominated else "mark tie"
        return "mark behind" if self.dominated else "mark front"


def picture(rows: Sequence[Row], protocol: Protocol, *, domain: str, style: str = "") -> str:
    """Two panels: score against training memory, and against cost; empty where neither can be drawn.

    `style`: CSS in the drawing itself, for a file of its own.
    """
    known = measures(rows, protocol)
    pairs = [(known[key], known[SCORE]) for key in (MEMORY, COST) if key in known and SCORE in known]
    panels = [panel for x, y in pairs if (panel := _panel(rows, x, y))]
    return _drawing(panels, label=_label(domain, [x for x, _ in pairs], protocol), style=style) if panels else ""


def chart(rows: Sequence[Row], x: Measure, y: Measure, *, label: str) -> str:
    """One panel with any two measures; empty where no row has both."""
    panel = _panel(rows, x, y)
    return _drawing([panel], label=label) if panel else ""


def points_of(rows: Sequence[Row], x: Measure, y: Measure) -> list[Point]:
    """The rows that have both figures, in the order of the board."""
    behind = dominated(x, y)
    return [
        Point(row.row_id, across, up, tie=bool(row.rank and row.rank.may_be_best), dominated=behind[place])
        for place, (row, across, up) in enumerate(zip(rows, x.readings, y.readings, strict=True))
        if across and up
    ]


def short_names(names: Sequence[str]) -> list[str]:
    """`lora` for `peft/lora`; the whole name where two families have such a recipe."""
    ends = [name.partition("/")[2] for name in names]
    return [end if ends.count(end) == 1 else name for name, end in zip(names, ends, strict=True)]


def _label(domain: str, across: Sequence[Measure], protocol: Protocol) -> str:
    against = " and against ".join(measure.heading for measure in across)
    return f"{domain}: score with {level(protocol.confidence)} interval against {against}"


def _drawing(panels: Sequence[str], *, label: str, style: str = "") -> str:
    wide = WIDTH * len(panels)
    moved = "".join(f'<g transform="translate({WIDTH * place:g} 0)">{panel}</g>' for place, panel in enumerate(panels))
    css = f"<style>{style}</style>" if style else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {HEIGHT:g}" width="{wide:g}" '
        f'height="{HEIGHT:g}" role="img" aria-label="{_safe(label)}">{css}'
        f'<rect class="paper" width="{wide:g}" height="{HEIGHT:g}" fill="none"/>{moved}</svg>'
    )


def _panel(rows: Sequence[Row], x: Measure, y: Measure) -> str:
    points = points_of(rows, x, y)
    if not points:
        return ""
    across = Axis.of([point.x.value for point in points])
    ends = [end for p in points for end in (p.y.value, p.y.low, p.y.high) if end is not None]
    up = Axis.of(ends, log=False)
    places = [(_across(across, point.x.value), _up(up, point.y.value)) for point in points]
    parts = [_grid(across, up, x, y), _front_line(points, places, y)]
    parts += [_bar(point, place, up) for point, place in zip(points, places, strict=True)]
    order = sorted(range(len(points)), key=lambda i: not points[i].dominated)  # marks that matter lie on top
    parts += [_mark(points[i], places[i], x, y) for i in order]
    shown = short_names([point.name for point in points])
    named = [(shown[i], *places[i]) for i, point in enumerate(points) if not point.dominated]
    room = Box(LEFT, TOP - 6, WIDTH - 2, HEIGHT - BOTTOM)
    parts += [
        f'<text x="{one.x:.1f}" y="{one.y:.1f}" text-anchor="{one.anchor}">{_safe(one.text)}</text>'
        for one in placed(named, places, within=room)
    ]
    return "".join(parts)


def _across(axis: Axis, value: float) -> float:
    return LEFT + axis.place(value) * (WIDTH - LEFT - RIGHT)


def _up(axis: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - axis.place(value) * (HEIGHT - TOP - BOTTOM)


def _grid(across: Axis, up: Axis, x: Measure, y: Measure) -> str:
    lines = []
    for value in up.ticks():
        place = _up(up, value)
        lines.append(f'<path class="grid" d="M{LEFT:g} {place:.1f}H{WIDTH - RIGHT:g}"/>')
        lines.append(
            f'<text class="axis" x="{LEFT - 6:g}" y="{place + 4:.1f}" text-anchor="end">{tick_text(value)}</text>'
        )
    base = HEIGHT - BOTTOM
    for value in across.ticks():
        place = _across(across, value)
        lines.append(f'<path class="grid" d="M{place:.1f} {TOP:g}V{base:g}"/>')
        lines.append(
            f'<text class="axis" x="{place:.1f}" y="{base + 16:g}" text-anchor="middle">{tick_text(value)}</text>'
        )
    scale = " (logarithmic)" if across.log else ""
    middle = (LEFT + WIDTH - RIGHT) / 2
    lines.append(
        f'<text class="title" x="{middle:g}" y="{HEIGHT - 8:g}" text-anchor="middle">{_safe(x.heading + scale)}</text>'
    )
    lines.append(f'<text class="title" x="{LEFT:g}" y="{TOP - 14:g}">{_safe(y.heading)}</text>')
    return "".join(lines)


def _front_line(points: Sequence[Point], places: Sequence[tuple[float, float]], y: Measure) -> str:
    """A line through the rows that no other row dominates, by rising cost."""
    front = sorted(place for point, place in zip(points, places, strict=True) if point.compares and not point.dominated)
    return (
        f'<path class="front-line" d="M{" L".join(f"{x:.1f} {y:.1f}" for x, y in front)}"/>' if len(front) > 1 else ""
    )


def _bar(point: Point, place: tuple[float, float], up: Axis) -> str:
    if point.y.low is None or point.y.high is None:
        return ""
    return f'<path class="bar" d="M{place[0]:.1f} {_up(up, point.y.low):.1f}V{_up(up, point.y.high):.1f}"/>'


def _mark(point: Point, place: tuple[float, float], x: Measure, y: Measure) -> str:
    shown = ", ".join(
        f"{measure.label} {tick_text(reading.value)}{measure.unit and ' '}{measure.unit}"
        for measure, reading in ((y, point.y), (x, point.x))
    )
    across, up = place
    title = f"<title>{_safe(f'{point.name}: {shown}')}</title>"
    if point.compares and not point.tie and not point.dominated:
        return f'<path class="{point.classes}" d="M{across:.1f} {up - 6:.1f}l6 6-6 6-6-6z">{title}</path>'
    size = 3.5 if point.dominated and not point.tie else 5
    return f'<circle class="{point.classes}" cx="{across:.1f}" cy="{up:.1f}" r="{size:g}">{title}</circle>'


def _safe(text: str) -> str:
    return html.escape(plain(text))
