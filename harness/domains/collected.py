"""A collected domain on disk: `items.parquet` and `collected.json`. It is not compared with other domains yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.items.item import Item, Split
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
    """Numbers of dropped items, the builder's notes, and the origin of the source."""

    def write(self, folder: Path) -> None:
        """Write both files into an existing folder."""
        write_rows(Item, self.items, folder / ITEMS_FILE)
        content = {**self.facts, "split": {item.id: self.split[item.id] for item in self.items}}
        (folder / FACTS_FILE).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> CollectedDomain:
        """Open the folder that `harness collect` wrote.

        Raises:
            DataError: the domain is not collected.
        """
        path = folder / FACTS_FILE
        if not path.is_file():
            hint = f"run `harness collect {folder.name}`"
            raise DataError("the domain is not collected", where=str(folder), hint=hint)
        facts = json.loads(path.read_text(encoding="utf-8"))
        split = facts.pop("split")
        return cls(folder.name, read_rows(Item, folder / ITEMS_FILE), split, facts)
