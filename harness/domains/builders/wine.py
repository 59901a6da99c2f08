"""Builder `wine`: wines of three cultivars, from a table that scikit-learn ships."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.domains.builders._options import none
from harness.domains.builders._sklearn_table import sklearn_table
from harness.items.media_item import MediaBuilt

TABLE = "sklearn/datasets/data/wine_data.csv"
QUESTION = "Which of the three cultivars is this wine made of?"
COLUMNS = (
    "alcohol",
    "malic acid",
    "ash",
    "alcalinity of ash",
    "magnesium",
    "total phenols",
    "flavanoids",
    "nonflavanoid phenols",
    "proanthocyanins",
    "color intensity",
    "hue",
    "od280/od315 of diluted wines",
    "proline",
)
"""In the order of the file."""


def build(source: Path, options: Mapping[str, Any]) -> MediaBuilt:
    """178 wines with 13 numbers each (Forina et al. 1988).

    Raises:
        DataError: the table is missing or has another layout, or options were given.
    """
    none(options, builder="wine")
    names = {f"class_{place}": f"cultivar {place + 1}" for place in range(3)}
    return sklearn_table(source / TABLE, columns=COLUMNS, question=QUESTION, names=names)
