"""Make a recipe's learning curve on one domain: train and score every point, and write one record.

    params.yaml: curves --> k x draws --> runs/.curves/: one training per point --> points.json, points.parquet

Each point is a training of its own, with `k` items that the seed `draw` selects. `scaling.py` sets the number of
passes. The model is scored on the first test items by the suite that ranks recipes on the board.
"""

from __future__ import annotations

import shutil
import time

from harness.config.curve_key import CurveKey
from harness.config.project import Project
from harness.curves.curve import CurvePlan, plan_curve, write_curve
from harness.curves.point import POINTS_FOLDER, Point, PointJob
from harness.display.numbers import duration
from harness.measure.device import prepare_device
from harness.records.curve_record import CurveRecord
from harness.runtime.atomic_output import atomic_folder


def curve(project: Project, key: CurveKey) -> CurveRecord:
    """Make the curve. Its folder appears complete; after that the records of single points are deleted.

    Raises:
        ConfigError, DataError: the curve cannot begin.
    """
    plan = plan_curve(project, key, device=prepare_device(project.params.precision))
    points = plan.run(PointLog(plan))
    with atomic_folder(key.folder(project)) as folder:
        record = write_curve(folder, plan, points)
    shutil.rmtree(project.root / "runs" / POINTS_FOLDER / key.id, ignore_errors=True)
    return record


class PointLog:
    """Print one line per point, with an estimate of the time left."""

    def __init__(self, plan: CurvePlan) -> None:
        self._recipe_id, self._total = plan.key.recipe_id, len(plan.jobs)
        self._started = time.monotonic()
        self._done = self._trained_now = 0

    def __call__(self, job: PointJob, found: Point, done_before: bool) -> None:
        """Print the line of one point."""
        self._done += 1
        self._trained_now += not done_before
        point = found.point
        result = f"failed: {point.reason}" if point.value is None else f"{found.metric} {point.value:.3f}"
        when = "done before" if done_before else f"in {duration(point.seconds)}"
        place = f"curve {self._recipe_id} {self._done}/{self._total}"
        print(f"{place}: k {point.k}, draw {point.draw}: {result} ({when}{self._time_left()})", flush=True)

    def _time_left(self) -> str:
        left = self._total - self._done
        if not left or not self._trained_now:
            return ""
        return f", {duration((time.monotonic() - self._started) / self._trained_now * left)} left"


def summary(key: CurveKey, record: CurveRecord) -> str:
    """One line for the log of `dvc repro`: per k, the mean over draws."""
    seconds = duration(sum(point.seconds for point in record.points))
    failed = [point for point in record.points if point.status == "failed"]
    if len(failed) == len(record.points):
        return f"{key.id}: the curve has no point: {failed[0].reason if failed else 'params.yaml asks for none'}"
    parts = []
    for k in sorted({point.k for point in record.points}):
        values = [point.value for point in record.points if point.k == k and point.value is not None]
        parts.append(f"{k}: {sum(values) / len(values):.3f}" if values else f"{k}: failed")
    lost = f", {len(failed)} points failed" if failed else ""
    return f"{key.id}: {record.metric} by items {', '.join(parts)}{lost} in {seconds}"
