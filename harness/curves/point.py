"""One point of a curve: the recipe trained with k items of one draw and scored on the first test items.

    runs/.curves/<family>/<recipe>-<domain>/<k>-<draw>/    the weights, removed when the point is scored
                                            <k>-<draw>.json the result, removed when the curve is complete

A point with the same code, configuration and data is not repeated, so an interrupted curve continues.
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
    """A run outside of the pipeline. Its seed draws the items and is the seed of the training."""

    k: int
    """Training items."""

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
    """`<k>-<draw>.json`."""

    config_hash: str
    """Hash of everything that determines the score. A point with another hash is repeated."""
    point: CurvePoint
    suite: str | None = None
    metric: str | None = None
    protocol_hash: str | None = None
    items: list[ItemResult] = []


@dataclass(frozen=True)
class PointJob(ExtraTraining):
    """The training and scoring of one point, done or still to be done."""

    split = "test"
    key: PointKey

    def finished(self) -> Point | None:
        """The result from an interrupted curve; null if there is none with the same configuration."""
        try:
            point = Point.model_validate(json.loads(self.file.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            return None
        return point if point.config_hash == self.config_hash else None

    def run(self) -> Point:
        """Train, score, write the result and remove the weights. A point that fails has a result with its reason."""
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
