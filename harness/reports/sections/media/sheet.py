"""The sheet of samples as a figure: each file with its question, the right answer and two recipes' answers."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from harness.reports.contract.sections.media import MediaSample
from harness.reports.sections.media.table import answer_lines

if TYPE_CHECKING:
    from PIL.Image import Image

ACROSS = 4
"""Samples in a row."""
WIDTH = 34
"""Characters in a line of text."""


def draw_sheet(samples: Sequence[MediaSample], path: Path, *, domain: str) -> None:
    """Write a PNG."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = -(-len(samples) // ACROSS)
    # ignore the settings of this machine; a dollar sign in a text is no formula
    with matplotlib.rc_context(matplotlib.rcParamsDefault | {"backend": "agg", "text.parse_math": False}):
        figure = Figure(figsize=(11.0, _height(samples) * rows), dpi=100, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        for place, axes in enumerate(figure.subplots(rows, ACROSS, squeeze=False).ravel()):
            axes.set_axis_off()
            if place < len(samples):
                _draw(axes, samples[place])
        figure.suptitle(f"Test questions of {domain}", fontsize=11)
        canvas.print_png(path, metadata={"Software": None})


def _height(samples: Sequence[MediaSample]) -> float:
    """Inches of a row: pictures of things are about square, those of sound and rows of a table are flat."""
    shapes = [_open(one.picture).size for one in samples if one.picture]
    return 3.1 if any(height > 0.75 * width for width, height in shapes) else 2.1


def _open(picture: str) -> Image:
    from PIL import Image

    return Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")


def _draw(axes: Any, sample: MediaSample) -> None:
    if sample.picture:
        axes.imshow(_open(sample.picture), interpolation="nearest")
    else:
        cells = "\n".join(f"{name}: {value}" for name, value in sample.cells.items())
        axes.text(0.02, 0.95, cells, fontsize=8, va="top", family="monospace", transform=axes.transAxes)
    text = "\n".join(fill(line, WIDTH) for line in (sample.question, *answer_lines(sample)))
    axes.set_title(text, fontsize=7, loc="left")
