"""A collected domain on disk: `items.parquet`, `collected.json` and the files that items show.

It is not compared with other domains yet.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.items.item import Item, Split
from harness.items.media_item import MediaItem, files_of
from harness.items.rows import read_rows, write_rows

ITEMS_FILE, FACTS_FILE = "items.parquet", "collected.json"


@dataclass(frozen=True)
class CollectedDomain:
    """Items without duplicates, each in its split."""

    name: str
    items: list[Item]
    split: Mapping[str, Split]
    """Item id -> split. Every item has one."""
    facts: dict[str, Any]
    """Numbers of dropped items, the builder's notes, the origin of the source, and `media` where items show files."""

    @property
    def shows_media(self) -> bool:
        """Whether the items show files beside their text."""
        return "media" in self.facts

    def write(self, folder: Path, files: Mapping[str, bytes | Path] | None = None) -> None:
        """Write the items and facts, and of `files` those that the items show, into an existing folder.

        `files`: `media/<sha256><suffix>` -> content, or the file that holds it.
        """
        write_rows(_kind(self.facts), self.items, folder / ITEMS_FILE)
        content = {**self.facts, "split": {item.id: self.split[item.id] for item in self.items}}
        (folder / FACTS_FILE).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        for path in files_of(self.items):
            content_or_file = (files or {})[path]
            (folder / path).parent.mkdir(exist_ok=True)
            if isinstance(content_or_file, Path):
                shutil.copyfile(content_or_file, folder / path)
            else:
                (folder / path).write_bytes(content_or_file)

    @classmethod
    def open(cls, folder: Path) -> CollectedDomain:
        """Open the folder that `harness collect` wrote.

        Raises:
            DataError: the domain is not collected, or a file that an item shows is missing.
        """
        path = folder / FACTS_FILE
        if not path.is_file():
            hint = f"run `harness collect {folder.name}`"
            raise DataError("the domain is not collected", where=str(folder), hint=hint)
        facts = json.loads(path.read_text(encoding="utf-8"))
        split = facts.pop("split")
        return cls(folder.name, read_rows(_kind(facts), folder / ITEMS_FILE), split, facts)


def _kind(facts: Mapping[str, Any]) -> type[Item]:
    return MediaItem if "media" in facts else Item
