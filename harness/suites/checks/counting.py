"""Count words, sentences, paragraphs and lines of a text."""

from __future__ import annotations

import re

WORD = re.compile(r"\w+(?:['’\-]\w+|(?<=\d)[.,](?=\d)\w+)*")
"""`don't`, `well-known` and `3.50` are one word each."""
LIST_ITEM = re.compile(r"^[ \t]*(?:[-*+•]|\(?(?:\d{1,3}|[A-Za-z])[.)])[ \t]+", re.MULTILINE)
"""The mark with which an item of a list begins."""
SENTENCE_END = re.compile(r"[.!?…]+(?P<closing>[\"'”’»)\]*_]*)(?=\s|$)")
TITLES = frozenset({"dr", "mr", "mrs", "ms", "st", "prof"})
"""Their stop never ends a sentence."""
ABBREVIATIONS = frozenset({"vs", "etc", "e.g", "i.e", "z.b", "t.ex"})
"""Their stop ends none before a small letter."""
LAST_TOKEN = re.compile(r"[\w.]+$")
PARAGRAPH_BREAK = re.compile(r"\n[ \t]*\n")


def words(text: str) -> list[str]:
    """All words, in order."""
    return WORD.findall(text)


def lines(text: str) -> list[str]:
    """Lines that are not blank, without blanks around them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def paragraphs(text: str) -> list[str]:
    """Parts between blank lines."""
    return [part.strip() for part in PARAGRAPH_BREAK.split(text) if part.strip()]


def sentences(text: str) -> list[str]:
    """Parts up to `.`, `!`, `?` or `…` before a blank; a paragraph or an item of a list ends a sentence too.

    `Dr. Wu`, `J. Wu`, `e.g. tea` and `"Stop!" she said` go on. Parts without a letter or digit do not count.
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
