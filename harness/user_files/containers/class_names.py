"""Names of classes that Hugging Face `datasets` keeps in the schema of a Parquet file (its feature `ClassLabel`)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from harness.errors import DataError

KEY = b"huggingface"
"""Key of the schema's metadata; its value is `{"info": {"features": {column: {"names": [...], "_type": ...}}}}`."""
NAMED = 'numbers in the column "{name}" were replaced by the names of the classes that the file keeps for them'


def class_names(metadata: Mapping[bytes, bytes], *, where: str) -> dict[str, Sequence[str]]:
    """Column -> names of its classes, in the order of their numbers.

    Raises:
        DataError: the entry of `datasets` is not JSON.
    """
    if KEY not in metadata:
        return {}
    try:
        info = json.loads(metadata[KEY]).get("info") or {}
        features = info.get("features") or {}
        return {
            name: [str(known) for known in feature["names"]]
            for name, feature in features.items()
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" and feature.get("names")
        }
    except (ValueError, AttributeError, TypeError) as error:
        what = f"the entry `huggingface` of the schema cannot be read: {error}"
        raise DataError(what, where=where, hint="write the file again with `datasets`") from None


def named_class(value: Any, names: Sequence[str]) -> Any:
    """The name of class `value`; None for -1, which `datasets` writes for a missing label; other values unchanged."""
    if isinstance(value, int) and not isinstance(value, bool):
        if value == -1:
            return None
        if 0 <= value < len(names):
            return names[value]
    return value
