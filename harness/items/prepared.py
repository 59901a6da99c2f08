"""A prepared domain on disk: `views.json`, `views/*.parquet`, and for people `domain.json` and `card.md`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from harness.errors import DataError, did_you_mean
from harness.items.item import Split
from harness.items.rows import Question, Row, content_hash, read_rows, stored_media_kinds

VIEWS_FILE = "views.json"
"""Everything but the rows that training and scoring read. It is apart from the card, so that a reworded card does not
re-run them."""

LEARNT_FROM = ("name", "labels", "language", "main_view", "views")
"""The keys of domain.json that views.json repeats."""

ViewRow = TypeVar("ViewRow", bound=Row)


@dataclass(frozen=True)
class PreparedDomain:
    """The part of a domain that methods and suites may read."""

    name: str
    folder: Path
    meta: dict[str, Any]
    """Content of views.json: labels, language, main view, and the number of rows and the hash of each view."""

    @classmethod
    def open(cls, folder: Path) -> PreparedDomain:
        """Open the folder that `harness prepare` wrote.

        Raises:
            DataError: the domain is not prepared.
        """
        path = folder / VIEWS_FILE
        if not path.is_file():
            raise DataError(
                "the domain is not prepared", where=str(folder), hint=f"run `harness prepare {folder.name}`"
            )
        return cls(folder.name, folder, json.loads(path.read_text(encoding="utf-8")))

    @property
    def labels(self) -> list[str]:
        """All labels, sorted."""
        return list(self.meta["labels"])

    @property
    def main_view(self) -> str | None:
        """The view that recipes learn by default: `classify`, else `answer`; None if the domain has neither."""
        found: str | None = self.meta["main_view"]
        return found

    def count(self, view: str, split: Split) -> int:
        """Number of rows of a view in a split; 0 if the domain does not have the view."""
        known = self.meta["views"].get(view)
        return int(known["rows"][split]) if known else 0

    def questions(self, view: str, split: Split, *, limit: int | None = None) -> list[Question]:
        """The first `limit` questions of a view. The order is pseudo-random and the same for every method and suite.

        Raises:
            DataError: the domain has no such view.
        """
        return self.rows(Question, view, split, limit=limit)

    def rows(self, kind: type[ViewRow], view: str, split: Split, *, limit: int | None = None) -> list[ViewRow]:
        """The first `limit` rows of a view of any kind (docs/views.md), in the same order for every method and suite.

        Raises:
            DataError: the domain has no such view.
        """
        known = self.meta["views"]
        if view not in known:
            raise DataError(
                f'domain "{self.name}" has no view "{view}"', where=str(self.folder), hint=did_you_mean(view, known)
            )
        path = self.folder / "views" / f"{view}.parquet"
        rows = _read_view(cast(Hashable, kind), path, known[view]["sha256"])
        return [row for row in rows if row.split == split][:limit]

    def media_kinds(self, view: str) -> frozenset[str]:
        """The kinds of media that rows of the view hold (`image`, `audio`, `table`); empty for a view of text only."""
        return stored_media_kinds(self.folder / "views" / f"{view}.parquet")

    def view_hash(self, view: str) -> str:
        """sha256 of the view's content. It is part of the protocol of every score on this view."""
        return str(self.meta["views"][view]["sha256"])

    @property
    def data_hash(self) -> str:
        """sha256 over the hashes of all views."""
        hashes = [f"{name}:{view['sha256']}" for name, view in sorted(self.meta["views"].items())]
        return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


@cache
def _read_view(kind: Any, path: Path, sha256: str) -> tuple[Any, ...]:
    rows = tuple(read_rows(kind, path, media_folder=path.parents[1]))
    found = content_hash(rows)
    if found != sha256:
        raise DataError(
            f"the content's sha256 is {found}",
            where=str(path),
            expected=sha256,
            hint="run `harness prepare` again",
        )
    return rows
