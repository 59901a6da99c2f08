"""Diagnoses of ICD-10-CM: the leaves of its tabular list with their chapter as the label."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.domains.items import Item, shuffle_key
from harness.errors import DataError, did_you_mean

TABULAR = "simple_icd_10_cm/data/icd10c-tabular-April-1-2026.xml"


def build(source: Path, options: Mapping[str, Any]) -> list[Item]:
    """36,343 diagnoses, or a sample of `options["items"]`; id is the code (`A01.03`), cluster the three-character
    category (`A01`), label the number of the chapter (`1` to `22`).

    Only leaves, the most specific entries, because those are what a coder has to choose and what a record holds.
    The 10,538 entries above them are headings whose words the leaves repeat ("Typhoid fever", "Typhoid fever,
    unspecified"): they would add near-duplicates, not diagnoses. The seventh character that many codes of injuries
    need to be billable says which encounter it was, not which diagnosis; the list has no entries for it.

    Raises:
        DataError: the list is missing, is no XML of that layout, or the options are wrong.
    """
    size = _items_option(options)
    path = source / TABULAR
    diagnoses = list(_leaves(_parsed(path), where=str(path)))
    return diagnoses if size is None else sample(diagnoses, size)


def sample(items: Sequence[Item], size: int) -> list[Item]:
    """The same `size` items each time, from as many categories as possible, in their order.

    A category lends its second item after every other has lent its first, and so on. So fractures, with an entry for
    each bone and side, do not crowd out the rest: 6,000 items take at most four of each category, where the largest
    has 307. A smaller sample is part of a larger one.
    """
    # not the ids alone: the views sort by those, and whoever was drawn first here must not come first there, too
    drawn = sorted(items, key=lambda item: shuffle_key(0, f"sample of icd10: {item.id}"))
    lent: Counter[str] = Counter()
    ranked: list[tuple[int, int, str]] = []
    for place, item in enumerate(drawn):
        ranked.append((lent[item.cluster], place, item.id))
        lent[item.cluster] += 1
    chosen = {name for _, _, name in sorted(ranked)[:size]}
    return [item for item in items if item.id in chosen]


class _NoDoctype(ET.TreeBuilder):
    """Stops at a document type, before any entity that it declares can be expanded."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise DataError("declares a document type, which the tabular list does not have")


def _items_option(options: Mapping[str, Any]) -> int | None:
    for name in options:
        if name != "items":
            raise DataError(f'unknown option "{name}"', where="options", hint=did_you_mean(name, ["items"]))
    size = options.get("items")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 1):
        raise DataError(f'"items" is {size!r}', where="options", expected="a whole number above 0")
    return size


def _parsed(path: Path) -> ET.Element:
    try:
        root = ET.parse(path, parser=ET.XMLParser(target=_NoDoctype())).getroot()
    except FileNotFoundError:
        raise DataError("the tabular list is missing", where=str(path), hint="run `harness fetch`") from None
    except DataError as error:
        raise DataError(error.what, where=str(path)) from None
    except (ET.ParseError, LookupError, ValueError) as error:  # the latter two: an encoding that expat cannot read
        raise DataError(f"is not the expected XML: {error}", where=str(path)) from None
    if root is None or root.find("chapter") is None:
        raise DataError("has no chapters", where=str(path), expected="the tabular list of ICD-10-CM")
    return root


def _leaves(root: ET.Element, *, where: str) -> Iterator[Item]:
    for chapter in root.iterfind("chapter"):
        number = _text_of(chapter, "name", after="the start of the list", where=where)
        code = f"the start of chapter {number}"
        for entry in chapter.iter("diag"):
            code = _text_of(entry, "name", after=code, where=where)
            if entry.find("diag") is None:
                text = _text_of(entry, "desc", after=code, where=where)
                yield Item(id=code, text=text, label=number, cluster=code.partition(".")[0])


def _text_of(entry: ET.Element, tag: str, *, after: str, where: str) -> str:
    text = " ".join((entry.findtext(tag) or "").split())
    if not text:
        raise DataError(f"a {entry.tag} has no {tag} at or after {after}", where=where, expected=f"<{tag}> with text")
    return text
