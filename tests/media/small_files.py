"""Small pictures and recordings, made in memory."""

from __future__ import annotations

import io
import wave

import numpy as np
from PIL import Image


def picture(
    colour: str | int | tuple[int, ...] = "red",
    *,
    size: tuple[int, int] = (16, 16),
    mode: str = "RGB",
    kind: str = "PNG",
) -> bytes:
    """A picture of one colour."""
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, format=kind)
    return buffer.getvalue()


def animated(colours: tuple[str, ...] = ("red", "blue"), *, kind: str = "GIF") -> bytes:
    """A picture with a frame of each colour."""
    first, *others = [Image.new("RGB", (16, 16), colour) for colour in colours]
    buffer = io.BytesIO()
    first.save(buffer, format=kind, save_all=True, append_images=others)
    return buffer.getvalue()


def recording(*, seconds: float = 0.1, rate: int = 8000, channels: int = 1, pitch: float = 440) -> bytes:
    """A tone of 16-bit samples with half the largest amplitude."""
    times = np.arange(round(seconds * rate)) / rate
    tone = np.rint(16384 * np.sin(2 * np.pi * pitch * times)).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(tone, channels).tobytes())
    return buffer.getvalue()


def array(values: object) -> bytes:
    """A `.npy` file."""
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(values))
    return buffer.getvalue()
