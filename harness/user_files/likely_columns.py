"""Which column looks like a label or like the text, judged by its values, where the names alone decide nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from harness.user_files.cell_text import is_cell, value_text
from harness.user_files.columns import LABELS, TEXTS, listed
from harness.user_files.record import Record

MOST_CLASSES = 200
"""Most different values of a column that looks like a label."""
PER_CLASS = 3
"""Fewest records per value, on average."""
LONGEST_LABEL = 60
"""Most characters of a value that looks like a label."""
_WORDS_OF_LABELS = {
    *LABELS,
    *("kategorie", "klasse", "kennzeichen", "thema", "absicht", "stimmung", "catégorie", "categorie", "classe"),
    *("categoría", "categoria", "clase", "etiqueta", "étiquette", "sentimiento", "kategori", "klass", "etikett"),
    *("classification", "intention", "polarity", "emotion", "tema", "rubrik", "类别", "标签", "カテゴリ", "ラベル"),
}
_WORDS_OF_TEXTS = {
    *TEXTS,
    *("nachricht", "beschreibung", "anfrage", "frage", "satz", "kommentar", "bewertung", "inhalt", "betreff"),
    *("texte", "texto", "testo", "phrase", "mensaje", "tweet", "post", "headline", "abstract", "文本", "テキスト"),
}
"""Words in the names of columns, in some languages."""
_NUMBER = re.compile(r"[-+]?\d+[.,]\d+")
_UNNAMED = re.compile(r"column \d+")
"""The name that a table without a line of names gives its columns."""


@dataclass(frozen=True)
class LikelyColumn:
    """A column whose values look like classes, or like texts."""

    name: str
    values: int
    """Number of different values."""
    has_name: bool
    """The name says the same, or the file has no names of columns."""


def likely_labels(records: Sequence[Record], names: Sequence[str], *, taken: str | None = None) -> list[LikelyColumn]:
    """Columns with few short values that recur; those whose name says so come first.

    `taken`: the column of another role.
    """
    found: list[LikelyColumn] = []
    for name in (name for name in names if name != taken):
        values = _values(records, name)
        counts = Counter(values)
        if (
            2 <= len(counts) <= MOST_CLASSES
            and len(values) >= PER_CLASS * len(counts)
            and len(values) * 2 > len(records)
            and all(len(value) <= LONGEST_LABEL and "\n" not in value for value in counts)
            and not all(_NUMBER.fullmatch(value) for value in counts)
        ):
            has_name = _are_unnamed(names) or _says(name, _WORDS_OF_LABELS)
            found.append(LikelyColumn(name, len(counts), has_name))
    return sorted(found, key=lambda column: not column.has_name)


def likely_texts(records: Sequence[Record], names: Sequence[str], *, taken: str | None = None) -> list[LikelyColumn]:
    """Columns with many different values of several words; those whose name says so come first."""
    found: list[LikelyColumn] = []
    for name in (name for name in names if name != taken):
        values = _values(records, name)
        different = len(set(values))
        long = sum(len(value.split()) > 2 or len(value) > 30 for value in values)
        if values and different * 2 > len(values) and long * 2 > len(values) and len(values) * 2 > len(records):
            found.append(LikelyColumn(name, different, _are_unnamed(names) or _says(name, _WORDS_OF_TEXTS)))
    return sorted(found, key=lambda column: not column.has_name)


def the_label(labels: Sequence[LikelyColumn]) -> LikelyColumn | None:
    """The column that is clearly the label: the only one whose name and values both say so."""
    named = [column for column in labels if column.has_name]
    return named[0] if len(named) == 1 else None


def the_text(texts: Sequence[LikelyColumn]) -> LikelyColumn | None:
    """The column that is clearly the text: the only one with texts, or the only one whose name says so as well."""
    named = [column for column in texts if column.has_name]
    return texts[0] if len(texts) == 1 else named[0] if len(named) == 1 else None


def options_for(labels: Sequence[LikelyColumn], text: str | None) -> str:
    """The options that would read the likeliest label, such as `--input "Nachricht" --label "Kategorie"`."""
    first = f"--input {_quoted(text)} " if text else ""
    return first + (f"--label {_quoted(labels[0].name)}" if labels else "")


def described(labels: Sequence[LikelyColumn]) -> str:
    """The columns for a message: `"airline" (6 values)`."""
    return ", ".join(f"{listed([column.name])} ({column.values} values)" for column in labels[:5])


def _quoted(name: str) -> str:
    return f'"{name}"'


def _values(records: Sequence[Record], name: str) -> list[str]:
    """The values of a column that are not blank; none if a cell holds a list, an object or bytes."""
    cells = [record.value.get(name) for record in records]
    if not all(map(is_cell, cells)):
        return []
    texts = map(value_text, cells)
    return [text.strip() for text in texts if text and text.strip()]


def _says(name: str, words: set[str]) -> bool:
    """Whether a word of the name is in `words`: `airline_sentiment`, `ClassLabel`, `Kategorie 1`."""
    parts = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    return any(part.casefold() in words for part in parts)


def _are_unnamed(names: Sequence[str]) -> bool:
    return all(map(_UNNAMED.fullmatch, names))
