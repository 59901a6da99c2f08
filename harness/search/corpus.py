"""The texts of a domain that can be found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from harness.errors import DataError
from harness.items.item import SPLITS
from harness.items.prepared import PreparedDomain
from harness.items.rows import Pair, Question


@dataclass(frozen=True)
class Document:
    """One distinct text."""

    id: str
    """The item's id; the cluster's name if the text belongs to several items."""
    text: str
    label: str
    """Of the item, or of the first of several; empty if the domain has no labels."""


def corpus_of(domain: PreparedDomain) -> list[Document]:
    """Every distinct text of all splits that a search may find, ordered by id.

    These are the right texts of `pairs`, and the texts of the main view that are no search texts themselves: the
    headings of `hs_products`, all diagnoses of `icd10`, the answers of `construction_law`.

    Raises:
        DataError: the domain has fewer than two such texts.
    """
    view = domain.main_view
    questions = [row for split in SPLITS for row in domain.rows(Question, view, split)] if view else []
    pairs = (
        [row for split in SPLITS for row in domain.rows(Pair, "pairs", split)]
        if "pairs" in domain.meta["views"]
        else []
    )
    label = {row.id: row.answer for row in questions} if view == "classify" else {}
    searched = {pair.anchor for pair in pairs}
    found = {
        row.text: Document(row.id, row.text, label.get(row.id, "")) for row in questions if row.text not in searched
    }
    owners: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        owners[pair.positive].append(pair)
    for text, its_pairs in owners.items():
        items = sorted({item_of(pair) for pair in its_pairs})
        name = items[0] if len(items) == 1 else its_pairs[0].cluster
        found.setdefault(text, Document(name, text, label.get(items[0], "")))
    if len(found) < 2:
        count = "one text" if found else "no text"
        raise DataError(f"a search needs two texts to choose from; {domain.name} has {count}", where=str(domain.folder))
    return sorted(found.values(), key=lambda document: (document.id, document.text))


def item_of(pair: Pair) -> str:
    """The id of the item that a pair was made of: ids of pairs end in the number of the anchor."""
    return pair.id.rpartition("-")[0]
