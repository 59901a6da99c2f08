"""Split a text into words, sentences, paragraphs and lines."""

from __future__ import annotations

import re

WORD = re.compile(r"\w+(?:['’\-]\w+|(?<=\d)[.,](?=\d)\w+)*")
"""`don't`, `well-known` and `3.50` are one word each."""
LIST_ITEM = re.compile(r"^[ \t]*(?:[-*+•]|\(?(?:\d{1,3}|[A-Za-z])[.)])[ \t]+", re.MULTILINE)
"""The mark at the beginning of a list item."""
SENTENCE_END = re.compile(r"[.!?…]+(?P<closing>[\"'”’»)\]*_]*)(?=\s|$)")
TITLES = frozenset({"dr", "mr", "mrs", "ms", "st", "prof"})
"""A full stop after one of them never ends a sentence."""
ABBREVIATIONS = frozenset({"vs", "etc", "e.g", "i.e", "z.b", "t.ex"})
"""A full stop after one of them ends no sentence if a lower-case letter follows."""
LAST_TOKEN = re.compile(r"[\w.]+$")
PARAGRAPH_BREAK = re.compile(r"\n[ \t]*\n")


def words(text: str) -> list[str]:
    """All words, in order."""
    return WORD.findall(text)


def lines(text: str) -> list[str]:
    """Lines that are not blank, without surrounding white space."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def paragraphs(text: str) -> list[str]:
    """The parts between blank lines."""
    return [part.strip() for part in PARAGRAPH_BREAK.split(text) if part.strip()]


def sentences(text: str) -> list[str]:
    """Parts up to a `.`, `!`, `?` or `…` before white space; the end of a paragraph or list item ends a sentence too.

    `Dr. Wu`, `J. Wu`, `e.g. tea` and `"Stop!" she said` do not end a sentence. Parts without a letter or digit do not
    count.
    """
    marked = LIST_ITEM.sub("\n\n", text)
    found = [sentence for part in paragraphs(marked) for sentence in _split(part)]
    return [sentence for sentence in found if words(sentence)]


def _split(paragraph: str) -> list[str]:
    parts, begin = [], 0
    for end in SENTENCE_END.finditer(paragraph):
        if _ends(paragraph, end):
            parts.append(paragraph[begin : end.end()].strip())
            begin = end.end()
    return [*parts, paragraph[begin:].strip()]


def _ends(paragraph: str, end: re.Match[str]) -> bool:
    after = paragraph[end.end() :].lstrip()
    if not after:
        return True
    if end["closing"] and after[0].islower():
        return False
    token = LAST_TOKEN.search(paragraph[: end.start()])
    before = token[0] if token and end[0] == "." else ""
    initial = len(before) == 1 and before.isupper() and before != "I" and after[0].isupper()
    abbreviated = before.casefold() in ABBREVIATIONS and after[0].islower()
    return not (initial or abbreviated or before.casefold() in TITLES)
