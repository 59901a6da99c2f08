"""Questions on Swedish construction law, in English or Swedish, with their category as the label."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.domains.items import Item
from harness.errors import DataError, did_you_mean

FILES = {
    "en": "zaragoza_construction_faq/data/faq-en.json",
    "sv": "zaragoza_construction_faq/data/faq.json",
}
"""Language -> file; ids, categories and cited sources are the same in both."""


def build(source: Path, options: Mapping[str, Any]) -> list[Item]:
    """503 questions in 39 categories of 7 to 30; `options["language"]` is `en` (default) or `sv`.

    The id is the one that both languages share (`bygglov-001`), the label the category's Swedish name as the source
    spells it. The cluster is the category together with all that the answer cites: questions of one category that
    the same passage answers stay together, in both languages alike. Clusters never cross categories, since some
    citations name only an authority that speaks on many subjects. A question that cites nothing is its own cluster.
    No category is merged or left out: the smallest has seven questions, enough for all three splits.

    Raises:
        DataError: the file is missing or has another layout, or the options are wrong.
    """
    path = source / FILES[_language_option(options)]
    return [_item(record, f"question {number}", where=str(path)) for number, record in enumerate(_records(path), 1)]


def _language_option(options: Mapping[str, Any]) -> str:
    for name in options:
        if name != "language":
            raise DataError(f'unknown option "{name}"', where="options", hint=did_you_mean(name, ["language"]))
    language = options.get("language", "en")
    if language not in list(FILES):  # a list, since an unhashable value may be asked for
        raise DataError(f'"language" is {language!r}', where="options", expected=" or ".join(FILES))
    return str(language)


def _records(path: Path) -> list[Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError("the questions are missing", where=str(path), hint="run `harness fetch`") from None
    except ValueError as error:  # no UTF-8 or no JSON
        raise DataError(f"is not the expected JSON: {error}", where=str(path)) from None
    records = content.get("questions") if isinstance(content, dict) else None
    if not isinstance(records, list):
        raise DataError("has no list of questions", where=str(path), expected='{"questions": [...]}')
    return records


def _item(record: object, name: str, *, where: str) -> Item:
    """`name` says which record it is, until its id is known."""
    if not isinstance(record, dict):
        raise DataError(f"{name} is {record!r:.40}", where=where, expected="an object")
    for key in ("id", "category", "q"):
        if not isinstance(record.get(key), str) or not record[key].strip():
            raise DataError(f'{name} has no "{key}"', where=where, expected="a text that is not empty")
        name = f'question "{record["id"]}"'
    cited = record.get("sources")
    if not isinstance(cited, list) or not all(isinstance(passage, str) for passage in cited):
        raise DataError(f'{name} has no list "sources"', where=where, expected="a list of texts, which may be empty")
    passages = "; ".join(sorted(cited)) or record["id"]
    return Item(
        id=record["id"],
        text=" ".join(record["q"].split()),
        label=record["category"],
        cluster=f"{record['category']}: {passages}",
    )
