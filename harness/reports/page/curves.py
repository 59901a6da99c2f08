"""The learning curves of a domain as SVG: score by number of training items, with intervals."""

from __future__ import annotations

from harness.reports.contract.sections.curves import Curve, CurveSet
from harness.reports.page.escape import safe
from harness.reports.sections.picture.axes import Axis, tick_text

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640.0, 340.0, 46.0, 190.0, 30.0, 44.0
LINES = 6
"""Styles of lines in the page's CSS; further recipes use them again, dashed."""


def curve_svg(found: CurveSet, *, domain: str) -> str:
    """The chart; empty where no point was scored."""
    curves = [curve for curve in found.curves if curve.comparable and any(p.value is not None for p in curve.points)]
    if not curves:
        return ""
    points = [point for curve in curves for point in curve.points if point.value is not None]
    ends = [100 * end for p in points for end in (p.value, p.low, p.high) if end is not None]
    across, up = Axis.of([point.k for point in points], log=True), Axis.of([*ends, 0.0], log=False)
    sizes = sorted({point.k for point in points})
    parts = [_grid(across, up, sizes, metric=found.metric or "score")]
    parts += [_line(curve, place, across, up) for place, curve in enumerate(curves)]
    if found.reference:
        place = _y(up, 100 * found.reference.value)
        name = safe(found.reference.recipe.partition("/")[2])
        parts.append(f'<path class="front-line" d="M{LEFT:g} {place:.1f}H{WIDTH - RIGHT:g}"/>')
        parts.append(f'<text class="axis" x="{WIDTH - RIGHT + 8:g}" y="{place + 4:.1f}">{name} (no items)</text>')
    label = safe(f"{domain}: {found.metric or 'score'} by number of training items")
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{label}" class="curves">{"".join(parts)}</svg>'
    )


def _x(axis: Axis, k: float) -> float:
    return LEFT + axis.place(k) * (WIDTH - LEFT - RIGHT)


def _y(axis: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - axis.place(value) * (HEIGHT - TOP - BOTTOM)


def _grid(across: Axis, up: Axis, sizes: list[int], *, metric: str) -> str:
    parts = [
        f'<path class="grid" d="M{LEFT:g} {_y(up, v):.1f}H{WIDTH - RIGHT:g}"/>'
        f'<text class="axis" x="{LEFT - 6:g}" y="{_y(up, v) + 4:.1f}" text-anchor="end">{tick_text(v)}</text>'
        for v in up.ticks()
        if v >= 0
    ]
    base = HEIGHT - BOTTOM
    parts += [
        f'<text class="axis" x="{_x(across, k):.1f}" y="{base + 16:g}" text-anchor="middle">{k}</text>' for k in sizes
    ]
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text class="title" x="{middle:g}" y="{HEIGHT - 8:g}" text-anchor="middle">training items</text>')
    parts.append(f'<text class="title" x="{LEFT:g}" y="{TOP - 14:g}">{safe(metric)}, %</text>')
    return "".join(parts)


def _line(curve: Curve, place: int, across: Axis, up: Axis) -> str:
    shift = 3.0 * (place % LINES - (LINES - 1) / 2)  # so that intervals at one size do not cover each other
    known = [(_x(across, p.k) + shift, p) for p in curve.points if p.value is not None]
    style = f"line-{place % LINES}" + (" again" if place >= LINES else "")
    path = " L".join(f"{x:.1f} {_y(up, 100 * (p.value or 0)):.1f}" for x, p in known)
    bars = "".join(
        f"M{x:.1f} {_y(up, 100 * p.low):.1f}V{_y(up, 100 * p.high):.1f}"
        for x, p in known
        if p.low is not None and p.high is not None
    )
    dots = "".join(f'<circle cx="{x:.1f}" cy="{_y(up, 100 * (p.value or 0)):.1f}" r="3"/>' for x, p in known)
    key = TOP + 6 + 17 * place
    edge = WIDTH - RIGHT + 8
    return (
        f'<g class="{style}"><path d="M{path}"/><path class="thin" d="{bars}"/>{dots}'
        f'<path d="M{edge:g} {key:g}h16"/><text x="{edge + 22:g}" y="{key + 4:g}">{safe(curve.title)}</text></g>'
    )
