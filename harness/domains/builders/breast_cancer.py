"""Builder `breast_cancer`: malignant and benign tumours, from a table that scikit-learn ships."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.domains.builders._options import none
from harness.domains.builders._sklearn_table import sklearn_table
from harness.items.media_item import MediaBuilt

TABLE = "sklearn/datasets/data/breast_cancer.csv"
QUESTION = "Is this tumour malignant or benign?"
MEASURED = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)
"""What was measured of each cell nucleus."""
COLUMNS = (
    *(f"mean {name}" for name in MEASURED),
    *(f"{name} error" for name in MEASURED),
    *(f"worst {name}" for name in MEASURED),
)
"""Mean, standard error and largest value over the nuclei of a tumour, in the order of the file."""


def build(source: Path, options: Mapping[str, Any]) -> MediaBuilt:
    """569 tumours with 30 numbers each (Wolberg, Mangasarian, Street and Street 1993).

    Raises:
        DataError: the table is missing or has another layout, or options were given.
    """
    none(options, builder="breast_cancer")
    names = {name: name for name in ("malignant", "benign")}
    return sklearn_table(source / TABLE, columns=COLUMNS, question=QUESTION, names=names)
