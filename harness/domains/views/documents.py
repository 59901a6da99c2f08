"""View `documents`: plain text of the domain, for domain-adaptive pre-training.

The text has no labels, because a model must not read in pre-training what it is asked later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from harness.domains.views.contract import Content, View
from harness.items.item import Item, Split
from harness.items.rows import Document


def documents_view(content: Content) -> list[Document]:
    """The items that are documents, unchanged, and one document per cluster of the other items.

    The document of a cluster begins with the `positive` that all its items share, if it is a heading of its own. Then
    follow, for each item, `code: text` (or the text alone), `also: ` with its synonyms, and its answer.
    """
    documents = [_verbatim(content, item) for item in content.items if item.is_document]
    clusters: dict[tuple[str, Split], list[Item]] = defaultdict(list)
    for item in content.items:
        if not item.is_document:
            clusters[item.cluster, content.split[item.id]].append(item)
    for (cluster, split), items in clusters.items():
        text = _text(sorted(items, key=lambda item: (item.code or "", item.id)), labels=frozenset(content.labels))
        documents.append(Document(id=f"{cluster}-{split}", split=split, cluster=cluster, text=text))
    return content.mixed(documents)


def _verbatim(content: Content, item: Item) -> Document:
    return Document(f"{item.id}-document", content.split[item.id], item.cluster, item.text)


def _text(items: Sequence[Item], *, labels: frozenset[str]) -> str:
    lines = [_heading(items, labels=labels)]
    for item in items:
        lines.append(f"{item.code}: {item.text}" if item.code else item.text)
        synonyms = [anchor for anchor in item.anchors if anchor not in (item.text, item.positive)]
        lines.append(f"also: {'; '.join(dict.fromkeys(synonyms))}" if synonyms else "")
        lines.append(item.answer if item.answer and item.answer not in labels else "")
    return "\n".join(line for line in lines if line)


def _heading(items: Sequence[Item], *, labels: frozenset[str]) -> str:
    """The `positive` that all items share; empty if there is none or if it is a text, an answer or a label."""
    shared = items[0].positive
    if not shared or shared in labels or any(item.positive != shared for item in items):
        return ""
    return "" if any(shared in (item.text, item.answer) for item in items) else shared


VIEWS = {"documents": View(Document, documents_view, "plain text to read, without labels")}
