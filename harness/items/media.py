"""Pictures, sound and tables that belong to a question: content-addressed files below the prepared domain."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from harness.errors import DataError

MediaKind = Literal["image", "audio", "table"]

PLURAL = {"image": "images", "audio": "audio recordings", "table": "tables"}
"""Kind -> how messages name several of them."""


@dataclass(frozen=True)
class Media:
    """One file that a question shows beside its text."""

    kind: MediaKind
    sha256: str
    """Of the file's content: a question with another picture is another question."""
    path: str
    """Where the file is, below the prepared domain: `media/<sha256><suffix>`."""
    folder: Path | None = field(default=None, compare=False)
    """The prepared domain on this machine, set when the question is read; not part of the stored row."""

    @property
    def file(self) -> Path:
        """The file on this machine.

        Raises:
            ValueError: the question was not read from a prepared domain.
        """
        if self.folder is None:
            raise ValueError(f"{self.path} belongs to a question that was not read from a prepared domain")
        return self.folder / self.path

    def stored(self) -> dict[str, str]:
        """The columns of the stored row."""
        return {"kind": self.kind, "sha256": self.sha256, "path": self.path}


def require_file(media: Media, *, where: Path) -> None:
    """Refuse a question whose file is missing. `where`: the Parquet file that holds the question.

    Raises:
        DataError: the file does not exist.
    """
    if not media.file.is_file():
        raise DataError(
            f"the {media.kind} {media.path} of a question is missing",
            where=str(where),
            expected=f"a file at {media.file}",
            hint="run `dvc repro prepare`",
        )


def kinds_of(rows: Iterable[object]) -> frozenset[str]:
    """The kinds of media that the rows hold; empty for rows of text only."""
    return frozenset(media.kind for row in rows for media in getattr(row, "media", ()))


def why_unreadable(kinds: Collection[str], *, reads: Collection[str], reader: str, source: str) -> str | None:
    """Why a model cannot be given rows with these kinds of media; null if it can.

    `reads`: inputs that the model accepts (`text`, `image`...); `reader`: who would read (`peft/lora`); `source`: where
    the rows come from (`the view classify of shapes`).
    """
    unread = sorted(set(kinds) - set(reads))
    if not unread:
        return None
    accepted = " and ".join(["text", *sorted(set(reads) - {"text"})])
    return f"{reader} reads {accepted} only; {source} has {' and '.join(PLURAL[kind] for kind in unread)}"
