from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageFile

from harness.errors import DataError
from harness.media.images import MOST_PIXELS, checked_image, image_size, read_image
from harness.media.refusal import Checked, UnusableFile
from tests.media.small_files import animated, picture

WHERE = "pets/1.png"


def stored(checked: Checked) -> Image.Image:
    return Image.open(io.BytesIO(checked.content))


def png_header(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to have this size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    packed = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg")])
def test_a_plain_picture_is_kept_byte_for_byte(kind: str, suffix: str) -> None:
    content = picture(kind=kind)
    assert checked_image(content, where=WHERE) == Checked(content, suffix)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "damaged, truncated or no picture"),
        (b"no picture at all", "damaged, truncated or no picture"),
        (picture(size=(200, 200), kind="JPEG")[:400], "damaged, truncated or no picture"),
        (picture(size=(64, 64))[:-30], "damaged, truncated or no picture"),
        (picture(size=(1, 1)), "a side has fewer than 8 pixels"),
        (picture(size=(300, 7)), "a side has fewer than 8 pixels"),
        (png_header(8000, 8000), "more than 50 megapixels"),
        (png_header(60_000, 60_000), "more than 50 megapixels"),  # Pillow itself refuses this one
    ],
)
def test_what_no_model_can_use_is_refused_with_file_and_reason(content: bytes, reason: str) -> None:
    with pytest.raises(UnusableFile, match=reason) as raised:
        checked_image(content, where=WHERE)
    assert str(raised.value).startswith(f"{WHERE}: the file cannot be used")


def test_a_large_picture_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_PIXELS < 8000 * 8000
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("it was decoded"))
    with pytest.raises(UnusableFile, match="megapixels"):
        checked_image(png_header(8000, 8000), where=WHERE)


def test_a_picture_in_colours_of_print_becomes_rgb_and_says_so() -> None:
    checked = checked_image(picture((0, 255, 255, 0), mode="CMYK", kind="JPEG"), where=WHERE)
    assert (checked.suffix, stored(checked).mode) == (".png", "RGB")
    assert "CMYK" in checked.changes[0]
    red, green, blue = stored(checked).getpixel((8, 8))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_an_animated_picture_the_first_frame_is_used(kind: str) -> None:
    checked = checked_image(animated(("red", "blue"), kind=kind), where=WHERE)
    assert any("animated" in change for change in checked.changes)
    red, _, blue = stored(checked).getpixel((8, 8))  # type: ignore[misc]
    assert red > 200 > 60 > blue
    assert getattr(stored(checked), "n_frames", 1) == 1


def test_transparent_parts_are_white() -> None:
    checked = checked_image(picture((255, 0, 0, 0), mode="RGBA"), where=WHERE)
    assert stored(checked).getpixel((0, 0)) == (255, 255, 255)
    assert checked.changes == ("are transparent and were put on white",)


def test_a_picture_is_turned_as_its_camera_says_and_loses_what_the_camera_wrote() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010F] = "a camera"
    buffer = io.BytesIO()
    Image.new("RGB", (16, 32), "red").save(buffer, format="JPEG", exif=exif)
    checked = checked_image(buffer.getvalue(), where=WHERE)
    assert stored(checked).size == (32, 16)
    assert b"a camera" not in checked.content


def test_grey_values_of_16_bits_keep_their_order() -> None:
    buffer = io.BytesIO()
    deep = Image.new("I;16", (16, 16), 40_000)
    deep.putpixel((0, 0), 65_535)
    deep.save(buffer, format="PNG")
    small = stored(checked_image(buffer.getvalue(), where=WHERE))
    assert small.getpixel((0, 0)) == (255, 255, 255)
    assert small.getpixel((8, 8)) == (155, 155, 155)


def test_pictures_are_read_as_rgb(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(picture(200, mode="L", size=(20, 10)))
    image = read_image(path)
    assert (image.mode, image.size, image.getpixel((0, 0))) == ("RGB", (20, 10), (200, 200, 200))
    assert image_size(path) == (20, 10)
    with pytest.raises(DataError, match="missing"):
        read_image(tmp_path / "b.png")
    path.write_bytes(b"no picture")
    with pytest.raises(DataError, match="cannot be decoded"):
        read_image(path)
