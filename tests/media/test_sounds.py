from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from harness.errors import DataError
from harness.media.refusal import Checked, UnusableFile
from harness.media.sounds import checked_frames, checked_sound, read_frames, read_sound
from tests.media.small_files import array, recording

WHERE = "words/1.wav"


def float_wav(values: list[float]) -> bytes:
    buffer = io.BytesIO()
    wavfile.write(buffer, 8000, np.array(values, dtype=np.float32))
    return buffer.getvalue()


def test_a_recording_is_kept_byte_for_byte() -> None:
    assert checked_sound(recording(), where=WHERE) == Checked(recording(), ".wav")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "damaged, truncated or no sound"),
        (b"RIFF no sound at all", "damaged, truncated or no sound"),
        (recording()[:500], "damaged, truncated or no sound"),
        (recording()[:30], "damaged, truncated or no sound"),
        (recording(seconds=0), "zero length"),
        (float_wav([0.1, float("nan")]), "not a number"),
        (float_wav([0.1, float("inf")]), "not a number"),
    ],
)
def test_recordings_that_no_model_can_use_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UnusableFile, match=reason) as raised:
        checked_sound(content, where=WHERE)
    assert str(raised.value).startswith(f"{WHERE}: ")


def test_channels_are_averaged_and_counted(tmp_path: Path) -> None:
    assert "averaged" in checked_sound(recording(channels=2), where=WHERE).changes[0]
    (tmp_path / "a.wav").write_bytes(recording(channels=2))
    (tmp_path / "b.wav").write_bytes(recording())
    both, one = read_sound(tmp_path / "a.wav")[0], read_sound(tmp_path / "b.wav")[0]
    assert both.shape == one.shape == (800,)
    np.testing.assert_allclose(both, one, atol=1e-6)


def test_samples_are_between_minus_one_and_one_whatever_their_bits(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(recording())
    samples, rate = read_sound(tmp_path / "a.wav")
    assert (str(samples.dtype), rate) == ("float32", 8000)
    assert samples.max() == pytest.approx(0.5, abs=0.01)
    buffer = io.BytesIO()
    wavfile.write(buffer, 8000, np.array([0, 128, 192], dtype=np.uint8))
    (tmp_path / "b.wav").write_bytes(buffer.getvalue())
    np.testing.assert_allclose(read_sound(tmp_path / "b.wav")[0], [-1, 0, 0.5])


def test_another_sampling_rate_keeps_length_and_pitch(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(recording(seconds=0.5, rate=44_100))
    samples, rate = read_sound(tmp_path / "a.wav", rate=16_000)
    assert (rate, str(samples.dtype), samples.size) == (16_000, "float32", 8000)
    loudest = np.abs(np.fft.rfft(samples)).argmax() * 16_000 / samples.size
    assert loudest == pytest.approx(440, abs=2)


def test_frames_are_stored_as_float32_and_read_back(tmp_path: Path) -> None:
    frames = np.arange(24, dtype=np.float64).reshape(2, 12)
    checked = checked_frames(array(frames), where="a.npy")
    (tmp_path / "a.npy").write_bytes(checked.content)
    found = read_frames(tmp_path / "a.npy")
    assert (checked.suffix, str(found.dtype), found.shape) == (".npy", "float32", (2, 12))
    np.testing.assert_array_equal(found, frames)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no array", "damaged"),
        (array(np.zeros((0, 12))), "zero length"),
        (array(np.zeros(12)), "shape"),
        (array([["a", "b"]]), "shape"),
        (array([[1.0, float("nan")]]), "not a number"),
    ],
)
def test_frames_that_no_model_can_use_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UnusableFile, match=reason):
        checked_frames(content, where="a.npy")


def test_an_array_of_python_objects_is_never_unpickled() -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(UnusableFile, match="damaged"):
        checked_frames(buffer.getvalue(), where="a.npy")


def test_a_missing_recording_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="missing"):
        read_sound(tmp_path / "a.wav")
