"""Frames of features (`.npy`) as a tensor: scaled by the training items, and stretched to one length.

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.errors import DataError
from harness.media.sounds import read_frames


@dataclass(frozen=True)
class FrameReader:
    """Recordings of any length become `steps` frames by linear interpolation. A last feature is the length before
    that."""

    mean: tuple[float, ...]
    """Of each feature over all frames of the training items."""
    deviation: tuple[float, ...]
    """Standard deviation of each feature; 1 for a feature that never changes."""
    usual_frames: float
    """Mean number of frames of a training item."""
    steps: int

    @classmethod
    def fitted(cls, files: Sequence[Path], *, steps: int) -> FrameReader:
        """Scaled by these files.

        Raises:
            DataError: a file is missing or damaged, or two have different numbers of features.
        """
        rows = [read_frames(file) for file in files]
        for file, frames in zip(files, rows, strict=True):
            if frames.shape[1] != rows[0].shape[1]:
                what = f"the file has {frames.shape[1]} features per frame"
                raise DataError(what, where=str(file), expected=f"{rows[0].shape[1]}, as the others")
        every = np.concatenate(rows)
        deviation = every.std(0)
        return cls(
            mean=tuple(map(float, every.mean(0))),
            deviation=tuple(float(one) if one > 0 else 1.0 for one in deviation),
            usual_frames=float(np.mean([len(frames) for frames in rows])),
            steps=steps,
        )

    @property
    def width(self) -> int:
        """Features per frame that `read` gives."""
        return len(self.mean) + 1

    def read(self, file: Path) -> torch.Tensor:
        """Shape (steps, features + 1).

        Raises:
            DataError: the file is missing or damaged, or has another number of features.
        """
        frames = read_frames(file)
        if frames.shape[1] != len(self.mean):
            what = f"the file has {frames.shape[1]} features per frame"
            raise DataError(what, where=str(file), expected=f"{len(self.mean)}, as in training")
        scaled = (frames - np.array(self.mean)) / np.array(self.deviation)
        places = np.linspace(0, len(frames) - 1, self.steps)
        stretched = np.stack([np.interp(places, np.arange(len(frames)), one) for one in scaled.T], axis=1)
        length = np.full((self.steps, 1), len(frames) / self.usual_frames - 1)
        return torch.from_numpy(np.hstack((stretched, length)).astype(np.float32))

    def facts(self) -> dict[str, Any]:
        """What `FrameReader(**facts)` needs to read again in the same way."""
        return asdict(self)
