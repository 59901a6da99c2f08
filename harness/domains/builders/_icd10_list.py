"""Read the tabular list of ICD-10-CM from its XML file."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.errors import DataError

_FETCH = "run `harness fetch`"


@dataclass(frozen=True)
class Diagnosis:
    """An entry of the list without entries below it."""

    code: str
    text: str
    chapter: str
    """Number of the chapter."""
    block: str
    """Chapter and block of categories, such as the intestinal infections A00 to A09."""
    parent: str
    """Code of the entry above; empty for a category."""
    synonyms: tuple[str, ...]
    """Inclusion terms of this entry, in the spelling of the list."""


@dataclass(frozen=True)
class TabularList:
    """The content of the tabular list."""

    diagnoses: list[Diagnosis]
    """The most specific entries, in the order of the list."""
    codes: frozenset[str]
    """Codes of all entries, at every level."""


def read_list(path: Path) -> TabularList:
    """Read the XML file.

    Raises:
        DataError: the file is missing, is not XML of this layout, or declares a document type.
    """
    codes: list[str] = []
    diagnoses = list(_diagnoses(_parsed(path), codes, where=str(path)))
    return TabularList(diagnoses, frozenset(codes))


class _NoDoctype(ET.TreeBuilder):
    """Refuses a document type declaration before any entity in it can be expanded."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise DataError("the file declares a document type, which the tabular list does not have")


def _parsed(path: Path) -> ET.Element:
    try:
        root = ET.parse(path, parser=ET.XMLParser(target=_NoDoctype())).getroot()
    except FileNotFoundError:
        raise DataError("the tabular list is missing", where=str(path), hint=_FETCH) from None
    except DataError as error:
        raise DataError(error.what, where=str(path)) from None
    except (ET.ParseError, LookupError, ValueError) as error:  # the last two: expat cannot read the encoding
        raise DataError(f"the file is not the expected XML: {error}", where=str(path), hint=_FETCH) from None
    if root is None or root.find("chapter") is None:
        raise DataError(
            "the file has no chapters", where=str(path), expected="the tabular list of ICD-10-CM", hint=_FETCH
        )
    return root


def _diagnoses(root: ET.Element, codes: list[str], *, where: str) -> Iterator[Diagnosis]:
    """The entries without entries below them; appends the codes of all entries to `codes`."""
    for chapter in root.iterfind("chapter"):
        number = _text_of(chapter, "name", after="the start of the list", where=where)
        # no recursion: the list may be nested deeper than Python's recursion limit
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
        raise DataError(
            f"a {entry.tag} has no {tag} at or after {after}", where=where, expected=f"<{tag}> with text", hint=_FETCH
        )
    return text
