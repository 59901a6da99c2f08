"""Logistic regression on what a frozen tower hears in a recording."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from harness.errors import DataError, RunFailed
from harness.items.media import MediaKind
from harness.models.towers.tower_roles import AUDIO_TOWER, TowerRole
from harness.training.contract import LoadContext, TrainContext, TrainedModel
from harness.training.media_logistic import MediaLogistic

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

KEPT = "tower"
"""Folder of a run with its copy of the tower."""


class SoundTowerLogistic(MediaLogistic):
    """Logistic regression on the vectors that a frozen tower makes of a recording: their mean and their maximum.

    What it optimises: regularised cross-entropy of the labels. The problem is convex, so the seed has no effect.
    Data: `classify` questions about recordings (`.wav`).
    Cost: one pass of the tower per recording, some 50 ms on one core for Whisper tiny; then seconds.
    Use it: to see what the tower's vectors hold. A language model that reads them must do better to be worth its cost.
    Not for: files of frames (`.npy`), which no tower reads.
    Related: `multimodal/frames_logistic`, the same without a pretrained tower; `multimodal/audio_tokens`, a language
        model on the same vectors; `multimodal/tower_logistic`, the same for pictures.
    Options: `C`, `products`.
    Source: scikit-learn TfidfVectorizer and LogisticRegression (lbfgs).
    Example: `python -m harness train multimodal/sound_tower_logistic --domain spoken_digits --seed 0`
    """

    media_kinds: ClassVar[frozenset[MediaKind]] = frozenset({"audio"})
    towers: ClassVar[tuple[TowerRole, ...]] = (AUDIO_TOWER,)

    def train(self, context: TrainContext) -> TrainedModel:
        """Copy the tower into the run, then fit one model per `C`.

        Raises:
            DataError: the tower is missing.
            RunFailed: the files are frames; or as in `MediaLogistic`.
        """
        self.refuse_media(context)
        shutil.copytree(_pretrained(context), context.folder / KEPT)
        return super().train(context)

    def numbers(self, files: Sequence[Path], context: LoadContext) -> npt.NDArray[np.float32]:
        """Shape (recordings, 2 * width): the mean of each component over the tower's vectors, then its maximum.

        Raises:
            DataError: a recording is missing or broken.
            RunFailed: a file holds frames.
        """
        if any(file.suffix != ".wav" for file in files):
            raise RunFailed("refused: the files are frames of features, and the tower reads recordings (.wav)")
        import numpy as np
        import torch

        from harness.models.towers.load import load_tower
        from harness.models.towers.tower import BATCH

        tower, rows = load_tower(context.folder / KEPT, context.device), []
        with torch.inference_mode():
            for start in range(0, len(files), BATCH):
                inputs = torch.stack([tower.read(file) for file in files[start : start + BATCH]])
                vectors = tower(inputs.to(context.device.kind))
                rows.append(torch.cat([vectors.mean(dim=1), vectors.amax(dim=1)], dim=1).float().cpu().numpy())
        return np.concatenate(rows)

    def frozen_parameters(self, context: LoadContext) -> int:
        """Those of the tower."""
        from harness.models.towers.load import load_tower

        return load_tower(context.folder / KEPT, context.device).parameter_count


def _pretrained(context: TrainContext) -> Path:
    """The tower that the stage `base` puts beside the prepared domains.

    Raises:
        DataError: it is not there.
    """
    folder = context.domains[0].folder.parents[1] / "bases" / AUDIO_TOWER.name
    if not folder.is_dir():
        hint = f"name an {AUDIO_TOWER.name} in base_models and base_roles of params.yaml, and run `dvc repro base`"
        raise DataError("no tower here", where=str(folder), hint=hint)
    return folder
