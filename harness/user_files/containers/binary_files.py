"""Refuse binary files and other encodings, recognised by their first bytes."""

from __future__ import annotations

import shlex

from harness.errors import DataError

PARQUET_MAGIC = b"PAR1"

_MAGIC = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document"),
    (b"\x1f\x8b", "gzip inside gzip"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"ARROW1", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy array"),
)
_ZIPPED = ((b"xl/", "an Excel workbook (xlsx)"), (b"word/", "a Word document (docx)"), (b"/data.pkl", "a PyTorch file"))
_EXPORT = "export the data as CSV, JSONL or Parquet"


def refuse_binary(head: bytes, *, where: str) -> None:
    """Pass if `head`, the first bytes of the file `where`, may be UTF-8 or UTF-16 text.

    Raises:
        DataError: the file is binary or in another encoding; the message names the kind of file.
    """
    kind = _kind(head)
    if kind:
        what = f"the file is not text: it looks like {kind}"
        raise DataError(what, where=where, expected="text or Parquet", hint=_EXPORT)
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        raise DataError("the file is UTF-32 text", where=where, expected="UTF-8", hint=iconv_hint("UTF-32", where))
    if b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    half = len(head) // 2
    if half and (head[1::2].count(0) > half * 0.4) != (head[::2].count(0) > half * 0.4):
        order = "LE" if head[1::2].count(0) > half * 0.4 else "BE"
        raise DataError(
            "the file looks like UTF-16 without a byte order mark",
            where=where,
            expected="UTF-8, or UTF-16 with a byte order mark",
            hint=iconv_hint(f"UTF-16{order}", where),
        )
    raise DataError(
        f"the file is not text: byte {head.index(0)} is NUL; it looks like a binary file",
        where=where,
        expected="text or Parquet",
        hint=_EXPORT,
    )


def _kind(head: bytes) -> str | None:
    if head.startswith(b"PK\x03\x04"):
        return next((kind for part, kind in _ZIPPED if part in head), "a zip archive")
    if len(head) > 1 and head[0] == 0x80 and head[1] <= 5:
        return "a Python pickle, which is never opened because it can run code"
    if head[257:262] == b"ustar":
        return "a tar archive"
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)


def iconv_hint(encoding: str, path: str) -> str:
    """The command that converts the file to UTF-8."""
    return f"convert the file: iconv -f {encoding} -t UTF-8 {shlex.quote(path)} > NEW"
