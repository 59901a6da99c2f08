"""The figure of the policies: what each gained, in rewards and in right answers, by its distance to its parent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.reports.contract.sections.alignment import PolicyRow
from harness.reports.sections.curves.figure import STYLES

LEFT = "gain in reward over the parent"
RIGHT = "gain in right answers over the parent, points"


def draw_policies(policies: Sequence[PolicyRow], path: Path, *, domain: str) -> None:
    """Write a PNG: rewards on the left, filled by the first and hollow by the second reward model; right answers on the
    right."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context(matplotlib.rcParamsDefault | {"backend": "agg"}):  # ignore the settings of this machine
        figure = Figure(figsize=(10.0, 4.4), dpi=100, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        rewards, gold = figure.subplots(1, 2)
        for place, row in enumerate(policies):
            colour, marker = STYLES[place % len(STYLES)]
            style = {"color": colour, "marker": marker, "markersize": 7, "linestyle": "none"}
            for rating in row.ratings:
                filled = {} if rating.role != "second_rater" else {"markerfacecolor": "white"}
                rewards.plot(row.kl, rating.policy - rating.parent, **style, **filled)
            gold.plot(row.kl, 100 * (row.gold.policy - row.gold.parent), **style, label=row.run)
        for axes, label in ((rewards, LEFT), (gold, RIGHT)):
            _axes(axes, label)
        gold.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=8)
        figure.suptitle(f"Reward and right answers against distance to the parent, {domain}", fontsize=11)
        canvas.print_png(path, metadata={"Software": None})


def _axes(axes: Any, label: str) -> None:
    axes.axhline(0, color="#555555", linewidth=0.9, linestyle=":")
    axes.set_xlabel("KL to the parent, nats an answer")
    axes.set_ylabel(label, fontsize=9)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
