"""Logistic regression on the mean and the spread of the frames of a recording."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from harness.items.media import MediaKind
from harness.media.sounds import read_frames, read_sound
from harness.training.contract import LoadContext
from harness.training.media_logistic import MediaLogistic

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

RATE, FRAME, BANDS = 16_000, 400, 24
"""Samples per second, samples per frame (25 ms), and bands of frequencies of a frame."""


class FramesLogistic(MediaLogistic):
    """Logistic regression on the mean and the standard deviation of each feature over all frames of a recording.

    What it optimises: regularised cross-entropy of the labels. The problem is convex, so the seed has no effect.
    Data: `classify` questions about sound. Frames come from the file, or are the loudness of 24 bands of frequencies.
    Cost: seconds on one core, a few MB.
    Use it: first. Who speaks shows in the mean of the frames; a model that reads their order must do better.
    Not for: what is said, which is in the order of the frames.
    Related: `multimodal/audio_tokens`, which lets a language model read the frames; `multimodal/text_only`.
    Options: `C`, `products`.
    Source: scikit-learn TfidfVectorizer and LogisticRegression (lbfgs).
    Example: `python -m harness train multimodal/frames_logistic --domain vowels --seed 0`
    """

    media_kinds: ClassVar[frozenset[MediaKind]] = frozenset({"audio"})

    def numbers(self, files: Sequence[Path], context: LoadContext) -> npt.NDArray[np.float32]:
        """Shape (recordings, 2 * features): the mean of each feature over the frames, then its standard deviation.

        Raises:
            DataError: a recording is missing or broken.
        """
        import numpy as np

        frames = [_frames(file) for file in files]
        return np.stack([np.concatenate([one.mean(axis=0), one.std(axis=0)]) for one in frames])


def _frames(file: Path) -> npt.NDArray[np.float32]:
    """Shape (frames, features)."""
    return read_frames(file) if file.suffix == ".npy" else loudness(read_sound(file, rate=RATE)[0])


def loudness(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Shape (frames, 24): the log of the energy in bands of equal width on a logarithmic scale of frequencies."""
    import numpy as np

    padded = np.pad(samples, (0, -len(samples) % FRAME))
    spectrum = np.abs(np.fft.rfft(padded.reshape(-1, FRAME) * np.hanning(FRAME))) ** 2
    edges = np.geomspace(2, spectrum.shape[1], BANDS + 1).round().astype(int)
    energy = [spectrum[:, low : max(high, low + 1)].sum(axis=1) for low, high in pairwise(edges)]
    return np.log(np.stack(energy, axis=1) + 1e-10).astype(np.float32)
