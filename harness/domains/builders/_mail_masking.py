"""Mask personal data in e-mails: addresses, links, numbers, and the names that the headers of mails give."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from harness.texts.personal import tagged

LINK, ADDRESS, NAME = "\ue000", "\ue001", "\ue002"
"""Characters of private use, which no mail has and no pattern below finds; at the end words take their place."""
WORDS = {LINK: "[link]", ADDRESS: "[e-mail address]", NAME: "[name]"}
SHORTEST = 3
"""Letters of a single name that is masked. Shorter ones are mostly initials, or words."""

_LINK = re.compile(r"\b(?:https?|ftp|mailto):\S+|\bwww\.\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@]+@[^\s<>()\[\]\"',;:@]+")
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
        mailboxes: names of the sender's mailboxes, which are masked where a line holds nothing else.
    """
    left = _without_pairs(_ADDRESS.sub(ADDRESS, _LINK.sub(LINK, text)), everyone)
    parts = {part for name in own for part in _WORD.findall(name) if len(part) >= SHORTEST}
    if parts:
        listed = "|".join(map(re.escape, sorted(parts, key=lambda part: (-len(part), part))))
        left = re.sub(rf"\b(?:{listed})\b", NAME, left, flags=re.IGNORECASE)
    signed = {mailbox.casefold() for mailbox in mailboxes}
    lines = [NAME if line.strip(" -~.").casefold() in signed else line for line in left.split("\n")]
    left = tagged(_NAMES.sub(NAME, "\n".join(lines)))
    for mark, word in WORDS.items():
        left = left.replace(mark, word)
    return left


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
