"""One point of a curve: train the recipe with k items of one draw, and score it on the first test items.

    runs/.curves/<family>/<recipe>-<domain>/<k>-<draw>/train/    the weights, deleted after the point
                                            <k>-<draw>.json      the record, deleted when the curve is complete

A point is not repeated while code, configuration and data stay the same, so an interrupted curve continues where it
stopped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from harness.config.project import RunKey
from harness.config.strict import StrictModel
from harness.records.curve_record import CurvePoint
from harness.runtime.atomic_output import atomic_file
from harness.tuning.extra_training import ExtraTraining
from harness.tuning.judging import Answers, answers

POINTS_FOLDER = ".curves"


@dataclass(frozen=True)
class PointKey(RunKey):
    """A run outside of the pipeline, with `k` training items. The seed draws the items and seeds the training."""

    k: int

    @property
    def id(self) -> str:
        """`.curves/lowresource/setfit-hs_products/8-0`."""
        return f"{POINTS_FOLDER}/{self.recipe_id}-{'+'.join(self.domains)}/{self.k}-{self.seed}"


class ItemResult(StrictModel):
    """How one test item was answered."""

    item_id: str
    cluster: str
    gold: str
    correct: float


class Point(StrictModel):
    """The record of a point, `<k>-<draw>.json`."""

    config_hash: str
    """Hash of what determines the score. If it differs from the current hash, the point is repeated."""
    point: CurvePoint
    suite: str | None = None
    metric: str | None = None
    protocol_hash: str | None = None
    items: list[ItemResult] = []


@dataclass(frozen=True)
class PointJob(ExtraTraining):
    """The training and scoring of one point, which may be done already."""

    split = "test"
    key: PointKey

    def finished(self) -> Point | None:
        """The point if an interrupted curve did it with the same configuration, else None."""
        try:
            point = Point.model_validate(json.loads(self.file.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            return None
        return point if point.config_hash == self.config_hash else None

    def run(self) -> Point:
        """Train, score, write the record, delete the weights. A failed point is recorded with its reason."""
        config_hash = self.config_hash
        found, reason, seconds = self.trained_and_asked(self._answers)
        point = CurvePoint(
            k=self.key.k,
            draw=self.key.seed,
            status="failed" if found is None else "ok",
            reason=reason,
            value=found.value if found else None,
            n=found.n if found else None,
            seconds=round(seconds, 3),
        )
        done = Point(config_hash=config_hash, point=point)
        if found:
            done = done.model_copy(
                update={
                    "suite": found.suite.suite,
                    "metric": found.suite.primary,
                    "protocol_hash": found.suite.protocol_hash,
                    "items": [
                        ItemResult(item_id=s.item_id, cluster=s.cluster, gold=s.gold, correct=s.correct)
                        for s in found.samples
                    ],
                }
            )
        with atomic_file(self.file) as working:
            working.write_text(json.dumps(done.model_dump(mode="json")) + "\n", encoding="utf-8")
        return done

    def _answers(self) -> Answers:
        (one,) = answers(
            self.project,
            self.key,
            domain=self.domain,
            views=self.views,
            items=self.items,
            device=self.device,
            split=self.split,
        )
        return one
