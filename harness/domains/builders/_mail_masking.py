"""Mask personal data in e-mails: addresses, links, numbers, and the names that the headers of mails give."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from harness.texts.personal import tagged

LINK, ADDRESS, NAME, STREET = "\ue000", "\ue001", "\ue002", "\ue003"
"""Characters of private use, which no mail has and no pattern below finds; at the end words take their place."""
WORDS = {LINK: "[link]", ADDRESS: "[e-mail address]", NAME: "[name]", STREET: "[postal address]"}
SHORTEST = 3
"""Letters of a single name that is masked. Shorter ones are mostly initials, or words."""

_LINK = re.compile(r"<?\b(?:https?:|ftp:|mailto:|www\.)[^\s<>\"]+>?", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@]+@[^\s<>()\[\]\"',;:@]+")
_STREET = re.compile(
    r"\b\d{1,5} (?:[\w.]+ ){1,3}(?:street|st|avenue|ave|road|rd|drive|lane|ln|blvd|boulevard|court|ct)\b"
    r"|\b(?-i:[A-Z]{2}) \d{5}(?:-\d{4})?\b|\bp\.? ?o\.? box \d+",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"[-~/ ]*[A-Z][\w'-]+(?: [A-Z][\w'.-]*)?[.,]?")
_AROUND_NAMES = " -~/*.,"
_WORD = re.compile(r"[A-Za-z][\w'-]*")
_NAMES = re.compile(rf"{NAME}(?: (?:[A-Z]\. )?{NAME})+")


def masked(
    text: str, *, everyone: Collection[tuple[str, str]], own: Collection[str], mailboxes: Collection[str]
) -> str:
    """The text with personal data replaced by its kind in brackets.

    Links are masked whole, because their paths name the recipient or the mailing. A person's name in the middle of a
    sentence stays if no header of the collection has it.

    Args:
        text: subject and body.
        everyone: first and last names of all persons, which are masked where both stand together.
        own: names of the persons of this mail, whose parts are masked one by one.
        mailboxes: names of the sender's mailboxes. Lines with nothing but one of them or a name are left out: they
            sign a mail, and hardly any spam is signed.
    """
    addressed = _STREET.sub(STREET, _ADDRESS.sub(ADDRESS, _LINK.sub(LINK, text)))
    left = _without_pairs(addressed, everyone)
    parts = {part for name in own for part in _WORD.findall(name) if len(part) >= SHORTEST}
    if parts:
        listed = "|".join(map(re.escape, sorted(parts, key=lambda part: (-len(part), part))))
        left = re.sub(rf"\b(?:{listed})\b", NAME, left, flags=re.IGNORECASE)
    signed = {NAME, *(mailbox.casefold() for mailbox in mailboxes)}
    lines = [line for line in left.split("\n") if line.strip(_AROUND_NAMES).casefold() not in signed]
    left = tagged(_NAMES.sub(NAME, "\n".join(lines)))
    for mark, word in WORDS.items():
        left = left.replace(mark, word)
    return left


def without_signature(body: str) -> str:
    """The body without a last line of one or two capitalised words, which mostly is a name."""
    before, _, last = body.rpartition("\n")
    return before if before and _SIGNED.fullmatch(last) else body


def first_and_last(name: str) -> tuple[str, str]:
    """`Robert J. Elz` -> (`robert`, `elz`)."""
    words = _WORD.findall(name.casefold())
    return words[0], words[-1]


def _without_pairs(text: str, everyone: Collection[tuple[str, str]]) -> str:
    """The text, where a first and a last name that stand together become one mask."""
    left: list[str] = []
    end = 0
    for one, other in pairwise(_WORD.finditer(text)):
        gap = text[one.end() : other.start()]
        if one.start() >= end and gap == " " and (one.group().casefold(), other.group().casefold()) in everyone:
            left += [text[end : one.start()], NAME]
            end = other.end()
    return "".join([*left, text[end:]])
