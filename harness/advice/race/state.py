"""The file of a race: every result as soon as it is there, so that a killed race goes on where it stopped."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from harness.advice.race.rungs import Result
from harness.config.strict import StrictModel
from harness.evidence.item_scores import ItemScores
from harness.runtime.atomic_output import atomic_file


class StoredResult(StrictModel):
    """One result in the file."""

    recipe: str
    examples: int
    made_from: str
    """Hash of code, settings and data. A result that was made from something else is measured again."""
    seconds: float
    failed: str | None = None
    items: list[str] = []
    clusters: list[str] = []
    groups: list[str] = []
    correct: list[float] = []


class RaceFile(StrictModel):
    """The whole file."""

    version: int = 1
    results: list[StoredResult] = []


class RaceState:
    """Results by recipe and what they were made from, mirrored in a file."""

    def __init__(self, path: Path) -> None:
        """Read the file. A file that cannot be read counts as none: everything in it can be measured again."""
        self.path = path
        try:
            self._file = RaceFile.model_validate_json(path.read_bytes())
        except (FileNotFoundError, ValidationError):
            self._file = RaceFile()

    def get(self, recipe: str, made_from: str) -> Result | None:
        """The stored result that was made from this code, these settings and these data."""
        for one in self._file.results:
            if (one.recipe, one.made_from) == (recipe, made_from):
                return _result(one)
        return None

    def put(self, result: Result, *, made_from: str) -> None:
        """Add a result, in place of an outdated one for the same recipe and number of examples, and write the file."""
        others = [
            one for one in self._file.results if (one.recipe, one.examples) != (result.recipe_id, result.examples)
        ]
        self._file = RaceFile(results=[*others, _stored(result, made_from)])
        with atomic_file(self.path) as working:
            working.write_text(json.dumps(self._file.model_dump(mode="json")) + "\n", encoding="utf-8")


def _stored(result: Result, made_from: str) -> StoredResult:
    items = result.items
    return StoredResult(
        recipe=result.recipe_id,
        examples=result.examples,
        made_from=made_from,
        seconds=result.seconds,
        failed=result.failed,
        items=list(items.items) if items else [],
        clusters=list(items.clusters) if items else [],
        groups=list(items.groups) if items else [],
        correct=items.correct[0].tolist() if items else [],
    )


def _result(one: StoredResult) -> Result:
    items = None
    if one.failed is None:
        correct = np.array([one.correct], dtype=float)
        items = ItemScores(tuple(one.items), tuple(one.clusters), tuple(one.groups), correct)
    return Result(one.recipe, one.examples, one.seconds, items, one.failed)
