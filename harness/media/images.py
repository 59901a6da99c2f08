"""Pictures: read one as RGB, and check one that comes from outside."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import DataError
from harness.media.refusal import Checked, UnusableFile

if TYPE_CHECKING:
    from PIL.Image import Image

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
"""Suffixes of the files that are taken for pictures. Each is stored as PNG or JPEG."""
MOST_PIXELS = 50_000_000
"""A larger picture is refused by its header, before it is decoded: a small file may unpack to gigabytes."""
FEWEST_PIXELS = 8
"""Fewest pixels on a side. The patches of vision towers have 14 to 32."""

_KEPT = {"PNG": ".png", "JPEG": ".jpg"}
_ORIENTATION = 0x0112  # EXIF tag; 1: the picture is stored upright
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, struct.error)
"""What Pillow raises for damaged files."""


def read_image(file: Path) -> Image:
    """The picture as RGB, upright; transparent parts are white.

    Raises:
        DataError: the file is missing or is no picture.
    """
    try:
        return _upright_rgb(_opened(file.read_bytes(), where=str(file)))
    except FileNotFoundError:
        raise DataError("the picture is missing", where=str(file), hint="run `dvc repro prepare`") from None
    except _DAMAGED as error:
        raise DataError(f"the picture cannot be decoded: {error}", where=str(file)) from None


def checked_image(content: bytes, *, where: str) -> Checked:
    """The picture as a prepared domain holds it: PNG or JPEG, as it came where `read_image` shows it as it is.

    An animated, turned, transparent or CMYK picture, or one of another format, becomes a PNG in RGB. `where` names the
    file in errors.

    Raises:
        UnusableFile: it is no picture, damaged or truncated, has more than 50 megapixels or a side of under 8 pixels.
    """
    try:
        image = _opened(content, where=where)
        if min(image.size) < FEWEST_PIXELS:
            hint = f"it has {image.width} x {image.height} pixels"
            raise UnusableFile(f"a side has fewer than {FEWEST_PIXELS} pixels", where=where, hint=hint)
        changes = tuple(_changes(image))
        image.load()  # decodes: a truncated file fails here
        if not changes and image.format in _KEPT:
            return Checked(content, _KEPT[image.format])
        return Checked(_as_png(_upright_rgb(image)), ".png", changes)
    except _DAMAGED as error:
        raise UnusableFile("it is damaged, truncated or no picture", where=where, hint=str(error)) from None


def image_size(file: Path) -> tuple[int, int]:
    """Width and height in pixels, from the header."""
    return _opened(file.read_bytes(), where=str(file)).size


def _opened(content: bytes, *, where: str) -> Image:
    """The picture with its header read and its pixels not decoded yet."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is lower
        try:
            image = Image.open(io.BytesIO(content))
        except Image.DecompressionBombError:
            raise UnusableFile(_too_large(), where=where, hint="scale it down") from None
    if image.width * image.height > MOST_PIXELS:
        raise UnusableFile(_too_large(), where=where, hint="scale it down")
    return image


def _too_large() -> str:
    return f"it has more than {MOST_PIXELS // 1_000_000} megapixels"


def _changes(image: Image) -> list[str]:
    """What is decided about the picture before it is stored."""
    found = []
    if image.format not in _KEPT:
        found.append("are of a format other than PNG and JPEG and are stored as PNG")
    if getattr(image, "n_frames", 1) > 1:
        found.append("are animated or have several pages: only the first is used")
    if image.mode == "CMYK":
        found.append("are in the colours of print (CMYK) and were converted to RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        found.append("are transparent and were put on white")
    if image.mode.startswith(("I", "F")):
        found.append("have more than 8 bits a pixel and were scaled to 8")
    if image.getexif().get(_ORIENTATION, 1) != 1:
        found.append("were turned upright, as their EXIF data say")
    return found


def _upright_rgb(image: Image) -> Image:
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith(("I", "F")):
        upright = _eight_bits(upright)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        page = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(page, layer).convert("RGB")
    return upright.convert("RGB")


def _eight_bits(image: Image) -> Image:
    """Grey values of 16 or 32 bits, scaled so that the largest possible value of 16 bits is white."""
    import numpy as np
    from PIL import Image

    values = np.asarray(image, dtype=np.float64)
    most = 65535.0 if image.mode.startswith("I") else max(float(values.max()), 1.0)
    return Image.fromarray(np.clip(values / most * 255, 0, 255).astype(np.uint8))


def _as_png(image: Image) -> bytes:
    plain = image.copy()
    plain.info = {}  # no dates, names or places of the camera
    buffer = io.BytesIO()
    plain.save(buffer, format="PNG")
    return buffer.getvalue()
