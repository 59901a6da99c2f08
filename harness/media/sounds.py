"""Sound: read a recording as samples or as frames of features, and check one that comes from outside."""

from __future__ import annotations

import io
import struct
import warnings
from math import gcd
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import DataError
from harness.media.refusal import Checked, UnusableFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SOUND_SUFFIXES = (".wav", ".npy")
"""Suffixes of the files that are read as sound: a waveform, or frames of features that were computed before."""
OTHER_SOUNDS = (".mp3", ".flac", ".ogg", ".m4a", ".aac", ".opus")
"""Suffixes of recordings that need a decoder which is not installed."""
DAMAGED = "it is damaged, truncated or no sound"


def read_sound(file: Path, *, rate: int | None = None) -> tuple[NDArray[np.float32], int]:
    """The waveform, float32 of shape (samples,) in [-1, 1], and its sampling rate in Hz. Channels are averaged.

    `rate`: the rate in Hz to resample to; null: as recorded.

    Raises:
        DataError: the file is missing or is no WAV.
    """
    samples, recorded, _ = _decoded(_bytes(file), where=str(file))
    if rate is None or rate == recorded:
        return samples, recorded
    return resampled(samples, recorded, rate), rate


def read_frames(file: Path) -> NDArray[np.float32]:
    """The features of a `.npy` file, float32 of shape (frames, features).

    Raises:
        DataError: the file is missing or holds no array of two dimensions.
    """
    return _frames(_bytes(file), where=str(file))


def resampled(samples: NDArray[np.float32], rate: int, wanted: int) -> NDArray[np.float32]:
    """The waveform at `wanted` samples per second (polyphase filter of scipy)."""
    import numpy as np
    from scipy.signal import resample_poly

    common = gcd(rate, wanted)
    changed: NDArray[np.float32] = resample_poly(samples, wanted // common, rate // common).astype(np.float32)
    return changed


def checked_sound(content: bytes, *, where: str) -> Checked:
    """The WAV file as it came; a reader averages its channels. `where` names the file in errors.

    Raises:
        UnusableFile: it is no WAV, damaged or truncated, holds no sample, or a sample that is no number.
    """
    import numpy as np

    samples, _, channels = _decoded(content, where=where)
    if not samples.size:
        raise UnusableFile("it has no sound (zero length)", where=where)
    if not np.isfinite(samples).all():
        raise UnusableFile("it holds samples that are not a number (NaN) or infinite", where=where)
    changes = ("have several channels, which are averaged",) if channels > 1 else ()
    return Checked(content, ".wav", changes)


def checked_frames(content: bytes, *, where: str) -> Checked:
    """Frames of features as a prepared domain holds them: a `.npy` file in float32.

    Raises:
        UnusableFile: it is no array of (frames, features), holds no frame, or a value that is no number.
    """
    return Checked(frames_file(_frames(content, where=where), where=where), ".npy")


def frames_file(frames: NDArray[np.float32], *, where: str) -> bytes:
    """The content of the `.npy` file of float32 frames; the same frames give the same bytes.

    Raises:
        UnusableFile: there is no frame, or a value is no number.
    """
    import numpy as np

    if not frames.size:
        raise UnusableFile("it has no frame (zero length)", where=where)
    if not np.isfinite(frames).all():
        raise UnusableFile("it holds values that are not a number (NaN) or infinite", where=where)
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(frames, dtype="<f4"), allow_pickle=False)
    return buffer.getvalue()


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise DataError("the recording is missing", where=str(file), hint="run `dvc repro prepare`") from None


def _decoded(content: bytes, *, where: str) -> tuple[NDArray[np.float32], int, int]:
    """Waveform of averaged channels, rate in Hz and number of channels."""
    from scipy.io import wavfile

    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        try:
            rate, values = wavfile.read(io.BytesIO(content))
        except (
            ValueError,
            EOFError,
            TypeError,
            UnboundLocalError,
            struct.error,
        ) as error:  # what scipy raises for damaged files
            raise UnusableFile(DAMAGED, where=where, hint=f"WAV files are read; {error}") from None
    if any("prematurely" in str(one.message) for one in raised):  # scipy only warns of a truncated file
        raise UnusableFile(DAMAGED, where=where, hint="copy the file again")
    if rate <= 0:
        raise UnusableFile("its sampling rate is 0", where=where)
    scaled = _scaled(values)
    channels = 1 if scaled.ndim == 1 else scaled.shape[1]
    mono: NDArray[np.float32] = scaled if scaled.ndim == 1 else scaled.mean(axis=1, dtype="float32")
    return mono, int(rate), channels


def _scaled(values: NDArray[Any]) -> NDArray[np.float32]:
    """Samples of any WAV encoding as float32 in [-1, 1]."""
    import numpy as np

    scaled: NDArray[Any] = values
    if values.dtype == np.uint8:
        scaled = (values.astype(np.float64) - 128) / 128
    elif np.issubdtype(values.dtype, np.integer):
        scaled = values / float(np.iinfo(values.dtype).max + 1)
    return scaled.astype(np.float32)


def _frames(content: bytes, *, where: str) -> NDArray[np.float32]:
    import numpy as np

    try:
        values = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise UnusableFile(DAMAGED, where=where, hint=str(error)) from None
    if not isinstance(values, np.ndarray) or values.ndim != 2 or not np.issubdtype(values.dtype, np.number):
        raise UnusableFile("it is no array of numbers with the shape (frames, features)", where=where)
    return values.astype(np.float32)
