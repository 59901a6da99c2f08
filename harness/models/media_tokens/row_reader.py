"""Table rows (`.json`) as a tensor: columns as the training items have them, numbers scaled by these.

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.media.tables import Cell, read_row

UNSEEN = 0
"""Index of every category that no training item has, and of columns of numbers."""
FARTHEST = 10.0
"""Standard deviations from the mean at which numbers are cut off, so that one wrong value cannot drown all others."""


@dataclass(frozen=True)
class RowReader:
    """The columns of a table, and how their values become numbers.

    A column is one of categories if any training item has text in it. Decisions about a cell: a missing value, a
    missing column or text in a column of numbers is missing; a category that training did not have is `UNSEEN`; a
    column that training did not have is not read.
    """

    columns: tuple[str, ...]
    mean: tuple[float, ...]
    """0 for a column of categories."""
    deviation: tuple[float, ...]
    """1 for a column of categories, and for a constant one."""
    categories: tuple[tuple[str, ...], ...]
    """Of each column, sorted; empty for a column of numbers."""

    @classmethod
    def fitted(cls, files: Sequence[Path]) -> RowReader:
        """Scaled by these files.

        Raises:
            DataError: a file is missing or damaged.
        """
        rows = [read_row(file) for file in files]
        names = tuple(dict.fromkeys(name for row in rows for name in row))
        found = [_column([row.get(name) for row in rows]) for name in names]
        return cls(
            columns=names,
            mean=tuple(mean for mean, _, _ in found),
            deviation=tuple(deviation for _, deviation, _ in found),
            categories=tuple(categories for _, _, categories in found),
        )

    @property
    def category_count(self) -> int:
        """Categories of all columns together, and `UNSEEN`."""
        return 1 + sum(map(len, self.categories))

    def read(self, file: Path) -> torch.Tensor:
        """Shape (columns, 3): number, index of the category, 1 if the value is missing.

        Raises:
            DataError: the file is missing or damaged.
        """
        row = read_row(file)
        return torch.tensor([self._cell(place, row) for place in range(len(self.columns))], dtype=torch.float32)

    def facts(self) -> dict[str, Any]:
        """What `RowReader.of` needs to read again in the same way."""
        return asdict(self)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> RowReader:
        """The reader that gave these `facts`."""
        categories = tuple(map(tuple, facts["categories"]))
        return cls(tuple(facts["columns"]), tuple(facts["mean"]), tuple(facts["deviation"]), categories)

    def counted(self, files: Sequence[Path]) -> dict[str, int]:
        """Decisions about the files, for the record: columns of each kind, missing values, unseen categories."""
        cells = torch.stack([self.read(file) for file in files])
        texts = [place for place, categories in enumerate(self.categories) if categories]
        constant = [place for place, deviation in enumerate(self.deviation) if deviation == 1 and place not in texts]
        present = cells[:, texts, 2] == 0
        return {
            "columns": len(self.columns),
            "columns_of_categories": len(texts),
            "constant_columns": sum(bool((cells[:, place, 0] == 0).all()) for place in constant),
            "missing_values": int(cells[..., 2].sum()),
            "unseen_categories": int((present & (cells[:, texts, 1] == UNSEEN)).sum()),
        }

    def _cell(self, place: int, row: Mapping[str, Cell]) -> tuple[float, float, float]:
        value, categories = row.get(self.columns[place]), self.categories[place]
        if value is None or (isinstance(value, str) and not categories):
            return 0.0, UNSEEN, 1.0
        if categories:
            before = 1 + sum(map(len, self.categories[:place]))
            name = str(value)
            return 0.0, float(before + categories.index(name) if name in categories else UNSEEN), 0.0
        scaled = (float(value) - self.mean[place]) / self.deviation[place]
        return float(np.clip(scaled, -FARTHEST, FARTHEST)), UNSEEN, 0.0


def _column(values: Sequence[Cell]) -> tuple[float, float, tuple[str, ...]]:
    """Mean, deviation and categories."""
    if any(isinstance(value, str) for value in values):
        return 0.0, 1.0, tuple(sorted({str(value) for value in values if value is not None}))
    numbers = np.array([value for value in values if value is not None], dtype=np.float64)
    if not numbers.size:
        return 0.0, 1.0, ()
    deviation = float(numbers.std())
    return float(numbers.mean()), deviation if deviation > 0 else 1.0, ()
