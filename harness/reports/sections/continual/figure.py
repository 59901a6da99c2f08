"""The figure of continual learning: one heat map of scores by step and task for each recipe."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from harness.reports.contract.sections.continual import ContinualArm, ContinualMatrix, StepRow

COLUMNS = 4
"""Heat maps beside each other."""
DARK = 0.6
"""From this score on, a cell is so dark that its text is white."""


def draw_matrices(matrix: ContinualMatrix, path: Path) -> None:
    """Write a PNG; the same matrix gives the same bytes with the same version of matplotlib."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns = min(COLUMNS, max(len(matrix.arms), 1))
    rows = max(math.ceil(len(matrix.arms) / columns), 1)
    wide = 0.75 * len(matrix.tasks) + 0.8
    with matplotlib.rc_context(matplotlib.rcParamsDefault | {"backend": "agg"}):  # ignore the settings of this machine
        figure = Figure(figsize=(wide * columns, wide * rows + 0.6), dpi=100, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        for place, arm in enumerate(matrix.arms, start=1):
            _heat_map(figure.add_subplot(rows, columns, place), arm, matrix)
        key = ", ".join(f"{number}: {task}" for number, task in enumerate(matrix.tasks, start=1))
        figure.suptitle(f"Score in % by step (down) and task (across). {key}", fontsize=8, wrap=True)
        canvas.print_png(path, metadata={"Software": None})


def _heat_map(axes: Any, arm: ContinualArm, matrix: ContinualMatrix) -> None:
    rows: list[StepRow] = [*([matrix.before] if matrix.before else []), *arm.steps]
    values = [[math.nan if cell is None else cell.value for cell in row.scores] for row in rows]
    axes.imshow(values, cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto")
    for down, row in enumerate(rows):
        for across, cell in enumerate(row.scores):
            if cell is not None:
                colour = "white" if cell.value >= DARK else "black"
                axes.text(across, down, f"{100 * cell.value:.0f}", ha="center", va="center", color=colour, fontsize=9)
            if row.step == across + 1:  # just learnt
                axes.add_patch(_frame(across, down))
    axes.set_xticks(range(len(matrix.tasks)), [str(number) for number in range(1, len(matrix.tasks) + 1)], fontsize=8)
    axes.set_yticks(range(len(rows)), ["before" if row.step == 0 else str(row.step) for row in rows], fontsize=8)
    axes.set_title(arm.recipe.partition("/")[2], fontsize=9)


def _frame(across: int, down: int) -> Any:
    """A frame around the cell of the task that was just learnt."""
    from matplotlib.patches import Rectangle

    return Rectangle((across - 0.5, down - 0.5), 1, 1, fill=False, edgecolor="#d55e00", linewidth=1.5)
