"""Logistic regression on the vectors of a frozen tower and the words of the question."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from harness.errors import DataError
from harness.items.media import MediaKind
from harness.models.towers.tower_roles import VISION_TOWER, TowerRole
from harness.training.contract import LoadContext, TrainContext, TrainedModel
from harness.training.media.towers import TUNED
from harness.training.media_logistic import MediaLogistic

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class TowerLogistic(MediaLogistic):
    """Logistic regression on the mean vector of a picture, the question's words, and their products.

    What it optimises: regularised cross-entropy of the labels. The problem is convex, so the seed has no effect.
    Data: `classify` questions about pictures.
    Cost: one pass of the tower per picture; then seconds on one core.
    Use it: to see what the tower's vectors hold. A language model that reads them must do better to be worth its cost.
    Not for: answers that are not labels.
    Related: `multimodal/pixels_logistic`, the same without a pretrained tower; `multimodal/llava`, a language model on
        the same vectors.
    Parents: `tower`, a run that tuned the tower (`init: {tower: multimodal/clip}`); without one it takes the pretrained
        one. The run keeps a copy.
    Options: `C`, `products`.
    Source: scikit-learn TfidfVectorizer and LogisticRegression (lbfgs).
    Example: `python -m harness train multimodal/tower_logistic --domain shapes_vqa --seed 0`
    """

    media_kinds: ClassVar[frozenset[MediaKind]] = frozenset({"image"})
    optional_parents = (TUNED,)
    towers: ClassVar[tuple[TowerRole, ...]] = (VISION_TOWER,)

    def train(self, context: TrainContext) -> TrainedModel:
        """Copy the tower into the run, then fit one model per `C`.

        Raises:
            DataError: the tower is missing.
            RunFailed: as in `MediaLogistic`.
        """
        self.refuse_media(context)
        shutil.copytree(_source(context), context.folder / TUNED)
        return super().train(context)

    def numbers(self, files: Sequence[Path], context: LoadContext) -> npt.NDArray[np.float32]:
        """Shape (pictures, width): the mean over all places of the picture.

        Raises:
            DataError: a picture is missing or broken.
        """
        import numpy as np
        import torch

        from harness.models.towers.load import load_tower
        from harness.models.towers.tower import BATCH

        tower, rows = load_tower(context.folder / TUNED, context.device), []
        with torch.inference_mode():
            for start in range(0, len(files), BATCH):
                inputs = torch.stack([tower.read(file) for file in files[start : start + BATCH]])
                rows.append(tower(inputs.to(context.device.kind)).mean(dim=1).float().cpu().numpy())
        return np.concatenate(rows)

    def frozen_parameters(self, context: LoadContext) -> int:
        """Those of the tower."""
        from harness.models.towers.load import load_tower

        return load_tower(context.folder / TUNED, context.device).parameter_count


def _source(context: TrainContext) -> Path:
    """The tower of the parent, or the pretrained one, which the stage `base` puts beside the prepared domains.

    Raises:
        DataError: it is not there.
    """
    parent = context.parents.get(TUNED)
    if parent is not None:
        return parent.folder / TUNED
    folder = context.domains[0].folder.parents[1] / "bases" / VISION_TOWER.name
    if not folder.is_dir():
        hint = f"name a {VISION_TOWER.name} in base_models and base_roles of params.yaml, and run `dvc repro base`"
        raise DataError("no tower here", where=str(folder), hint=hint)
    return folder
