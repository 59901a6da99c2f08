"""Items with pictures, sound or table rows, and the files that a builder makes for them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.items.item import Built, Item
from harness.items.media import Media, MediaKind


@dataclass(frozen=True)
class MediaItem(Item):
    """An item that shows files beside its text."""

    media: tuple[Media, ...] = ()
    caption: str | None = None
    """What the first file shows, in words: `a red circle`."""
    properties: tuple[str, ...] = ()
    """What the first file shows, one word for each kind of property, in the order of the caption: `red`, `circle`."""


@dataclass(frozen=True)
class MediaBuilt(Built):
    """The result of a builder of a media domain: `MediaItem`s, and the files that they show."""

    files: Mapping[str, bytes | Path] = field(default_factory=dict)
    """`media/<sha256><suffix>` -> content, or the file that holds it."""


def media_of(kind: MediaKind, content: bytes, suffix: str) -> Media:
    """The medium that stands for a file with this content. `suffix`: `.png`."""
    sha256 = hashlib.sha256(content).hexdigest()
    return Media(kind, sha256, f"media/{sha256}{suffix}")


def media_shown(item: Item) -> tuple[Media, ...]:
    """The files that an item shows; none for an item of text."""
    return item.media if isinstance(item, MediaItem) else ()


def shown_by(item: Item) -> tuple[str, ...]:
    """The hashes of the files that an item shows, in their order."""
    return tuple(media.sha256 for media in media_shown(item))


def told_apart_by(item: Item) -> tuple[str, ...]:
    """What makes an item another one than an item with the same text: its files; for a row of a table, also its id.

    Two rows with equal cells are two observations. They may have different labels without a contradiction.
    """
    is_row = any(media.kind == "table" for media in media_shown(item))
    return (*shown_by(item), *([item.id] if is_row else []))


def files_of(items: Iterable[Item]) -> list[str]:
    """The paths of all files that the items show, each once, sorted."""
    return sorted({media.path for item in items for media in media_shown(item)})
