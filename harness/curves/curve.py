"""All points of one curve: planned before any is trained, written as one record when the last is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.config.curve_key import CurveKey
from harness.config.folds import first_fold
from harness.config.params import Curves
from harness.config.project import Project, RunKey
from harness.curves.point import Point, PointJob, PointKey
from harness.curves.scaling import with_items
from harness.errors import ConfigError, RunFailed
from harness.items.prepared import PreparedDomain
from harness.measure.device import Device
from harness.records.curve_record import CURVE_ITEM_COLUMNS, ITEMS_FILE, POINTS_FILE, CurvePoint, CurveRecord
from harness.records.run_record import write_record
from harness.training.refusals.misfits import require_fit
from harness.tuning.extra_training import ChangedProject
from harness.tuning.judging import judged_views
from harness.tuning.search import require_start


@dataclass(frozen=True)
class CurvePlan:
    """The points of one curve, before any of them is trained."""

    key: CurveKey
    curves: Curves
    jobs: tuple[PointJob, ...]
    cannot: str | None = None
    """Reason why the recipe cannot learn from the domain, or has its curve on another fold. Every point then fails with
    it, and none is trained."""

    def run(self, tell: Callable[[PointJob, Point, bool], None]) -> list[Point]:
        """Train and score the points that are not done yet, fewest items first.

        `tell` is called for each point; its last argument says whether the point was done before.
        """
        points = []
        for job in self.jobs:
            earlier = job.finished()
            point = earlier or job.run()
            tell(job, point, earlier is not None)
            points.append(point)
        return points


def plan_curve(project: Project, key: CurveKey, *, device: Device) -> CurvePlan:
    """Plan a curve; no model is loaded and nothing is written.

    Raises:
        ConfigError: params.yaml has no `curves`, the recipe counts its items by label, or no suite can score it.
        DataError: the domain or the base model is not prepared, or a parent did not run.
    """
    curves = project.params.curves
    if curves is None:
        hint = "add `curves: {k: [8, 16, 32, 64], subsets: 3, items: 100}`"
        raise ConfigError("the key `curves` is missing", where=str(project.root / "params.yaml"), hint=hint)
    first = first_fold(project, key.domain)
    if first != key.domain:
        return CurvePlan(key, curves, (), cannot=f"folds of one domain have one learning curve, that of {first}")
    recipe = project.recipe(key.recipe_id)
    _require_total(key.recipe_id, recipe.run.subset is not None and recipe.run.subset.per_label is None)
    method = require_fit(project, recipe)
    domain = PreparedDomain.open(project.prepared_folder(key.domain))
    try:
        learnt = method.learns(domain, recipe)
    except RunFailed as error:
        return CurvePlan(key, curves, (), cannot=error.what)
    views = tuple(judged_views(project, domain, learnt, split="test")[:1])
    require_start(project, RunKey(key.family, key.recipe, (key.domain,), 0), recipe)
    jobs = [
        PointJob(
            project=ChangedProject(project.root, with_items(recipe, k, budget=project.params.budget)),
            key=PointKey(key.family, key.recipe, (key.domain,), draw, k),
            domain=domain,
            views=views,
            items=curves.items,
            device=device,
        )
        for k in curves.k
        for draw in range(curves.subsets)
    ]
    return CurvePlan(key, curves, tuple(jobs))


def _require_total(recipe_id: str, counted_in_total: bool) -> None:
    if not counted_in_total:
        raise ConfigError(
            "a learning curve needs a recipe that draws new items for each point",
            where=f"recipes/{recipe_id}.yaml: run.subset",
            expected="`subset: {}`, so that the numbers in `curves.k` count items in total",
        )


def record_of(plan: CurvePlan, points: Sequence[Point]) -> CurveRecord:
    """The record of the curve, without the results of single items."""
    scored = next((point for point in points if point.metric), None)
    return CurveRecord(
        recipe=plan.key.recipe_id,
        domain=plan.key.domain,
        suite=scored.suite if scored else None,
        metric=scored.metric if scored else None,
        protocol_hash=scored.protocol_hash if scored else None,
        points=[point.point for point in points] or _refused(plan),
    )


def _refused(plan: CurvePlan) -> list[CurvePoint]:
    return [
        CurvePoint(k=k, draw=draw, status="failed", reason=plan.cannot, seconds=0.0)
        for k in plan.curves.k
        for draw in range(plan.curves.subsets)
    ]


def write_curve(folder: Path, plan: CurvePlan, points: Sequence[Point]) -> CurveRecord:
    """Write both files into `folder`. The same points give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [
        {"k": point.point.k, "draw": point.point.draw, **item.model_dump()} for point in points for item in point.items
    ]
    types = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "VARCHAR": pa.string()}
    columns = {name: pa.array([row[name] for row in rows], types[type_]) for name, type_ in CURVE_ITEM_COLUMNS.items()}
    pq.write_table(pa.table(columns), folder / ITEMS_FILE, compression="zstd", store_schema=False)
    record = record_of(plan, points)
    write_record(record, folder / POINTS_FILE)
    return record
