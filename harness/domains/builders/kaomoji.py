"""Builder of kaomoji, Japanese emoticons, labelled with the emotion that they show."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.domains.builders._sampling import counts_option, evenly
from harness.errors import DataError
from harness.items.item import Built, Item, Note

FILE = "kaomoji_dataset/data/kaomoji.jsonl.gz"
EMOTIONS = (
    "angry",
    "confused",
    "cool",
    "cute",
    "disgusted",
    "doubt",
    "excited",
    "happy",
    "hurt",
    "indifferent",
    "love",
    "rude",
    "sad",
    "scared",
    "shy",
    "sleepy",
    "smug",
    "surprised",
)
"""The labels: emotions with at least eighty faces. Crying is no label, because faces with tears are `sad` as well."""
FACES = "core"
"""Tier of entries that are a face without dialogue."""
_WORDS = re.compile(r"[a-z]{4,}|[\u3041-\u3096]{3,}|[\u30a1-\u30fa]{3,}|[\u4e00-\u9fff]{2,}", re.IGNORECASE)
"""A word in the text may name the emotion; shorter runs of letters are parts of faces (`ToT`)."""


def build(source: Path, options: Mapping[str, Any]) -> Built:
    """Some 7,800 faces with one of 18 emotions; `options["per_label"]` limits the faces of each emotion.

    Of the 82,109 entries only faces without dialogue are used, if they name one of the emotions. The cluster is what
    stands inside the first brackets, in compatible form and without blanks: faces that differ only in arms, signs
    around them or widths of characters stay together. The package derives many labels from parts of a face and from
    the readings of old input dictionaries, so they are what people call a face, and not what its author felt.

    Raises:
        DataError: the file is missing or has another layout, or an option is invalid.
    """
    most = counts_option(options, ["per_label"])["per_label"]
    path = source / FILE
    faces = [record for record in _records(path) if record["tier"] == FACES]
    wordless = [record for record in faces if not _WORDS.search(unicodedata.normalize("NFKC", record["text"]))]
    items = [
        Item(id=record["id"], text=record["text"].strip(), label=found[0], cluster=bare_face(record["text"]))
        for record in wordless
        if len(found := [emotion for emotion in record["emotion"] if emotion in EMOTIONS]) == 1
    ]
    kept = evenly(items, most, by=lambda item: item.label or "", name="kaomoji")
    return Built(
        kept,
        (
            Note("faces with words were left out", len(faces) - len(wordless)),
            Note("faces have none of the emotions or several, and were left out", len(wordless) - len(items)),
            Note("faces beyond the largest number per emotion were left out", len(items) - len(kept)),
        ),
    )


def bare_face(text: str) -> str:
    """What stands inside the first pair of brackets, or else the text; compatible characters (NFKC), without blanks."""
    whole = "".join(unicodedata.normalize("NFKC", text).split())
    begin, depth = whole.find("("), 0
    for place in range(begin, len(whole)) if begin >= 0 else ():
        depth += {"(": 1, ")": -1}.get(whole[place], 0)
        if depth == 0:
            return whole[begin + 1 : place] or whole
    return whole


def _records(path: Path) -> Iterator[dict[str, Any]]:
    """One record per line. The file is read as a stream: in memory all records would take half a gigabyte."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield _checked(json.loads(line), f"line {number}", where=str(path))
    except FileNotFoundError:
        raise DataError("the emoticons are missing", where=str(path), hint="run `harness fetch`") from None
    except (EOFError, OSError, ValueError, zlib.error) as error:
        raise DataError(f"the file is not JSON lines in gzip: {error}", where=str(path)) from None


def _checked(record: object, name: str, *, where: str) -> dict[str, Any]:
    expected = "the layout of kaomoji-dataset 1.0.6"
    if not isinstance(record, dict):
        raise DataError(f"{name} is {record!r:.40}", where=where, expected=expected)
    for key in ("id", "text", "tier"):
        if not isinstance(record.get(key), str):
            raise DataError(f"{name} has no '{key}'", where=where, expected=expected)
    if not isinstance(record.get("emotion"), list):
        raise DataError(f"{name} has no list 'emotion'", where=where, expected=expected)
    return record
