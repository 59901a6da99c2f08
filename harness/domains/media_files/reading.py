"""What reading a user's files gives: items, the files that they show, and how the files were understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.items.item import Note
from harness.items.media import MediaKind
from harness.items.media_item import MediaBuilt, MediaItem

OptionValue = str | bool
"""The value of an option in the domain's file."""


@dataclass(frozen=True)
class MediaReading:
    """The content of a folder or a table."""

    kind: MediaKind
    title: str
    """What was recognised, for people: `a folder of images with metadata.jsonl`."""
    items: list[MediaItem]
    files: Mapping[str, bytes | Path]
    """As in `MediaBuilt`."""
    notes: tuple[Note, ...]
    """Decisions about files and records."""
    records: int
    """Files, or rows of the metadata or the table, including those left out."""
    options: Mapping[str, OptionValue]
    """Options of the builder by which the same is read again."""
    columns: Mapping[str, str]
    """Role -> column."""

    def built(self) -> MediaBuilt:
        """The result for `harness collect`."""
        return MediaBuilt([*self.items], self.notes, self.files)
