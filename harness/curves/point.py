"""One point of a curve: the recipe trained with k items of one draw and asked the first test items.

    runs/.curves/<family>/<recipe>-<domain>/<k>-<draw>/train/    while it lasts: the weights
                                            <k>-<draw>.json      until the curve is whole

A point of the same code, configuration and data is not repeated, so an interrupted curve goes on where it was.
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
    """A run beside the pipeline's: the seed draws the items, and trains."""

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
    """`<k>-<draw>.json`."""

    config_hash: str
    """Of all that determines the score; a point of another one is repeated."""
    point: CurvePoint
    suite: str | None = None
    metric: str | None = None
    protocol_hash: str | None = None
    items: list[ItemResult] = []


@dataclass(frozen=True)
class PointJob(ExtraTraining):
    """A point that is still to be done, or was."""

    split = "test"
    key: PointKey

    def finished(self) -> Point | None:
        """What an interrupted curve found; null if nothing of the same configuration."""
        try:
            point = Point.model_validate(json.loads(self.file.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            return None
        return point if point.config_hash == self.config_hash else None

    def run(self) -> Point:
        """Train, ask, write the record, drop the weights. A point that fails is kept with its reason."""
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
