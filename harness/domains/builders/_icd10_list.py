"""The tabular list of ICD-10-CM, read from its XML."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.errors import DataError


@dataclass(frozen=True)
class Diagnosis:
    """An entry that has none below it."""

    code: str
    text: str
    chapter: str
    """Its number."""
    block: str
    """Chapter and range of categories that belong together, such as the intestinal infections A00 to A09."""
    parent: str
    """Code of the entry above; a category's is empty."""
    synonyms: tuple[str, ...]
    """Inclusion terms of this very entry, as the list has them."""


@dataclass(frozen=True)
class TabularList:
    """The most specific entries, and the codes of all."""

    diagnoses: list[Diagnosis]
    """In the order of the list."""
    codes: frozenset[str]
    """Of every level."""


def read_list(path: Path) -> TabularList:
    """Read the XML.

    Raises:
        DataError: the file is missing, is no XML of that layout, or declares a document type.
    """
    codes: list[str] = []
    diagnoses = list(_diagnoses(_parsed(path), codes, where=str(path)))
    return TabularList(diagnoses, frozenset(codes))


class _NoDoctype(ET.TreeBuilder):
    """Stops at a document type, before any entity that it declares can be expanded."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise DataError("declares a document type, which the tabular list does not have")


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


def _diagnoses(root: ET.Element, codes: list[str], *, where: str) -> Iterator[Diagnosis]:
    """The leaves; the codes of all entries go into `codes`."""
    for chapter in root.iterfind("chapter"):
        number = _text_of(chapter, "name", after="the start of the list", where=where)
        # by element and not by recursion: a list may be nested deeper than Python may recurse
        block_of = {
            entry: f"{number}: {place}"
            for place, section in enumerate(chapter.iter("section"))
            for entry in section.iter("diag")
        }
        parent_of: dict[ET.Element, str] = {}
        code = f"the start of chapter {number}"
        for entry in chapter.iter("diag"):
            code = _text_of(entry, "name", after=code, where=where)
            codes.append(code)
            children = entry.findall("diag")
            parent_of.update(dict.fromkeys(children, code))
            if not children:
                yield Diagnosis(
                    code=code,
                    text=_text_of(entry, "desc", after=code, where=where),
                    chapter=number,
                    block=block_of.get(entry, number),
                    parent=parent_of.get(entry, ""),
                    synonyms=tuple(_inclusion_terms(entry)),
                )


def _inclusion_terms(entry: ET.Element) -> Iterator[str]:
    for note in entry.iterfind("inclusionTerm/note"):
        if term := " ".join((note.text or "").split()):
            yield term


def _text_of(entry: ET.Element, tag: str, *, after: str, where: str) -> str:
    text = " ".join((entry.findtext(tag) or "").split())
    if not text:
        raise DataError(f"a {entry.tag} has no {tag} at or after {after}", where=where, expected=f"<{tag}> with text")
    return text
