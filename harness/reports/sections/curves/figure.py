"""The figure of the learning curves: one line per recipe with intervals, and a horizontal line for the reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.display.numbers import level
from harness.reports.contract.sections.curves import Curve, CurveCell, CurveSet

STYLES = (("#0072b2", "o"), ("#d55e00", "s"), ("#009e73", "^"), ("#cc79a7", "D"), ("#e69f00", "v"), ("#56b4e9", "P"))
"""Colours that people with any colour vision can tell apart (Okabe and Ito 2008), each with its own marker."""

SPREAD = 0.035
"""Horizontal shift between recipes, as a fraction of a doubling of items: intervals at one k do not overlap."""


def draw_curves(found: CurveSet, path: Path, *, domain: str, confidence: float) -> None:
    """Write a PNG; the same curves give the same bytes with the same version of matplotlib."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    curves = [curve for curve in found.curves if curve.comparable and _drawn(curve)]
    with matplotlib.rc_context(matplotlib.rcParamsDefault | {"backend": "agg"}):  # ignore the settings of this machine
        figure = Figure(figsize=(8.0, 4.6), dpi=100, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        for place, curve in enumerate(curves):
            _line(axes, curve, place=place, shift=2 ** (SPREAD * (place - (len(curves) - 1) / 2)))
        if found.reference:
            _level(axes, found)
        _axes(axes, curves, f"{found.metric}, % ({level(confidence)} intervals over draws and items)", domain=domain)
        canvas.print_png(path, metadata={"Software": None})


def _line(axes: Any, curve: Curve, *, place: int, shift: float) -> None:
    colour, marker = STYLES[place % len(STYLES)]
    points = [(point.k * shift, *_span(point)) for point in curve.points if point.value is not None]
    places, values, below, above = zip(*points, strict=True)
    axes.errorbar(
        places,
        values,
        yerr=[below, above],
        label=curve.recipe.partition("/")[2],
        color=colour,
        marker=marker,
        markersize=5,
        linewidth=1.4,
        linestyle="-" if place < len(STYLES) else "--",
        elinewidth=0.9,
        capsize=2.5,
    )


def _span(point: CurveCell) -> tuple[float, float, float]:
    """Value, and the distance of the interval's ends below and above it, in per cent."""
    value = point.value or 0.0
    low, high = value if point.low is None else point.low, value if point.high is None else point.high
    return 100 * value, 100 * max(value - low, 0), 100 * max(high - value, 0)


def _level(axes: Any, found: CurveSet) -> None:
    reference = found.reference
    if reference is None:
        return
    name = reference.recipe.partition("/")[2].replace("_", "-")
    axes.axhline(100 * reference.value, color="#555555", linewidth=1.2, linestyle=":", label=f"{name} (no items)")
    if reference.low is not None and reference.high is not None:
        axes.axhspan(100 * reference.low, 100 * reference.high, color="#555555", alpha=0.12, linewidth=0)


def _axes(axes: Any, curves: list[Curve], score: str, *, domain: str) -> None:
    sizes = sorted({point.k for curve in curves for point in curve.points})
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [str(k) for k in sizes])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel("training items")
    axes.set_ylabel(score, fontsize=9)
    axes.set_title(f"Learning curves on {domain}", fontsize=11)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)


def _drawn(curve: Curve) -> bool:
    return any(point.value is not None for point in curve.points)
