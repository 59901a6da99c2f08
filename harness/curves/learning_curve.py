"""A recipe's learning curve on one domain: score against the number of training items, written as one record.

    params.yaml: curves --> k x draws --> runs/.curves/: train and score each point --> points.json, points.parquet

Each point is a training with `k` items, drawn with the seed `draw`. harness/curves/scaling.py chooses the number of
passes. The point is scored on the first test items, by the suite that ranks on the board.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable

from harness.config.curve_key import CurveKey
from harness.config.project import Project
from harness.curves.curve import CurvePlan, plan_curve, write_curve
from harness.curves.point import POINTS_FOLDER, Point, PointJob
from harness.display.numbers import duration
from harness.measure.device import prepare_device
from harness.records.curve_record import CurveRecord
from harness.runtime.atomic_output import atomic_folder


def curve(project: Project, key: CurveKey) -> CurveRecord:
    """Make the curve. Its folder appears only when it is complete; the files of single points are then removed.

    Raises:
        ConfigError, DataError: as `plan_curve`.
    """
    plan = plan_curve(project, key, device=prepare_device(project.params.precision))
    points = plan.run(teller(plan))
    with atomic_folder(key.folder(project)) as folder:
        record = write_curve(folder, plan, points)
    shutil.rmtree(project.root / "runs" / POINTS_FOLDER / key.id, ignore_errors=True)
    return record


def teller(plan: CurvePlan) -> Callable[[PointJob, Point, bool], None]:
    """A function that prints one line per point, with an estimate of the time left."""
    started, counts = time.monotonic(), [0, 0]  # all points, and points that were done before

    def tell(job: PointJob, found: Point, done_before: bool) -> None:
        counts[0] += 1
        counts[1] += done_before
        point, fresh, left = found.point, counts[0] - counts[1], len(plan.jobs) - counts[0]
        result = f"failed: {point.reason}" if point.value is None else f"{found.metric} {point.value:.3f}"
        when = "done before" if done_before else f"in {duration(point.seconds)}"
        wait = f", {duration((time.monotonic() - started) / fresh * left)} left" if fresh and left else ""
        place = f"{counts[0]}/{len(plan.jobs)}"
        print(f"curve {job.key.recipe_id} {place}: k {point.k}, draw {point.draw}: {result} ({when}{wait})", flush=True)

    return tell


def summary(key: CurveKey, record: CurveRecord) -> str:
    """One line for the log of `dvc repro`: for each k the mean score over its draws."""
    seconds = duration(sum(point.seconds for point in record.points))
    failed = [point for point in record.points if point.status == "failed"]
    if len(failed) == len(record.points):
        return f"{key.id}: no point of the curve: {failed[0].reason if failed else 'params.yaml asks for none'}"
    parts = []
    for k in sorted({point.k for point in record.points}):
        values = [point.value for point in record.points if point.k == k and point.value is not None]
        parts.append(f"{k}: {sum(values) / len(values):.3f}" if values else f"{k}: failed")
    lost = f", {len(failed)} points failed" if failed else ""
    return f"{key.id}: {record.metric} by items {', '.join(parts)}{lost} in {seconds}"
