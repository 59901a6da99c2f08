"""Builder of dated e-mails (SpamAssassin's public corpus): ham or spam, with personal data masked."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.domains.builders._explicit_words import EXPLICIT
from harness.domains.builders._mail_masking import first_and_last, masked, without_signature
from harness.domains.builders._mail_text import Mail
from harness.domains.builders._sampling import counts_option, evenly
from harness.errors import DataError
from harness.items.item import Built, Item, Note

FOLDER = "package/data"
GROUPS = {"easy-ham-1": "ham", "easy-ham-2": "ham", "hard-ham-1": "ham", "spam-1": "spam", "spam-2": "spam"}
"""Folder -> label."""
MONTHS = ("2002-07", "2002-08", "2002-09")
"""The months in which the collection has hundreds of mails of both kinds. In the others one kind is rare or missing,
and the date alone would tell the label."""
CHARACTERS = 600
"""Most characters of a text, about 180 tokens: with the prompt it fits into 256."""
SHORTEST = 40
"""Fewest characters of a body."""
READABLE = 0.9
"""Least share of ASCII characters: mails in character sets that the collection has broken are left out."""
FEED = "rssfeeds"
"""Mailbox of the collector's feed reader."""


@dataclass(frozen=True)
class _Read:
    id: str
    label: str
    month: str
    is_feed: bool
    people: frozenset[str]
    mailboxes: frozenset[str]
    subject: str
    body: str


def build(source: Path, options: Mapping[str, Any]) -> Built:
    """Some four thousand mails of July to September 2002; `options["per_month"]` limits each label in each month.

    The text is the subject and the first 600 characters that the sender wrote. What would tell the label is left out:
    headers, quotes, attributions, signatures, footers of mailing lists, their tags in subjects, HTML. Links, addresses,
    numbers and names are masked (`_mail_masking`).

    The cluster is the thread: the month in which it began and a hash of its subject (`2002-08 1f2a3b4c`). So all mails
    of a thread are in one split, and `clusters: ["2002-08"]` of a slice selects a month.

    Raises:
        DataError: the mails are missing or a file has another layout, or an option is invalid.
    """
    most = counts_option(options, ["per_month"])["per_month"]
    read = list(_read(source / FOLDER))
    asked = [one for one in read if one.month in MONTHS and not one.is_feed]
    clean = [one for one in asked if not EXPLICIT.search(f"{one.subject} {one.body}")]
    usable = [one for one in clean if len(one.body) >= SHORTEST and _readable(one.subject + one.body)]
    everyone = {first_and_last(name) for one in read for name in one.people}
    threads = _threads(usable)
    items = [
        Item(id=one.id, text=_text(one, everyone), label=one.label, cluster=threads[_thread(one)]) for one in usable
    ]
    kept = evenly(items, most, by=lambda item: f"{item.label} {item.cluster[:7]}", name="mail")
    return Built(
        kept,
        (
            Note("mails of other months and of a feed reader were left out", len(read) - len(asked)),
            Note("mails with sexual or vulgar words were left out", len(asked) - len(clean)),
            Note("mails with less than a line of readable text were left out", len(clean) - len(usable)),
            Note("mails beyond the largest number per label and month were left out", len(items) - len(kept)),
        ),
    )


def _read(folder: Path) -> Iterator[_Read]:
    """All mails, by group and number."""
    for group, label in GROUPS.items():
        files = sorted((folder / group).glob("*.json"))
        if not files:
            raise DataError("there are no mails", where=str(folder / group), hint="run `harness fetch`")
        for path in files:
            name, text = _content(path)
            mail = Mail(text)
            received = mail.received
            yield _Read(
                id=f"{group}-{name}",
                label=label,
                month=received.strftime("%Y-%m") if received else "",
                is_feed=FEED in mail.sender,
                people=frozenset(mail.people()),
                mailboxes=frozenset(mail.mailboxes()),
                subject=mail.subject,
                body=mail.body,
            )


def _content(path: Path) -> tuple[str, str]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # not UTF-8 or not JSON
        what = f"the file is not the expected JSON: {error}"
        raise DataError(what, where=str(path), hint="run `harness fetch`") from None
    for key in ("id", "text"):
        if not isinstance(record, dict) or not isinstance(record.get(key), str):
            raise DataError(f'the mail has no "{key}"', where=str(path), expected="the layout of the package 0.2.3")
    return record["id"], record["text"]


def _readable(text: str) -> bool:
    return sum(character.isascii() for character in text) >= READABLE * len(text)


def _thread(one: _Read) -> str:
    """Mails with the same letters in their subjects make a thread; a mail without subject is one of its own."""
    return " ".join(re.findall(r"[a-z]+", one.subject.casefold())) or one.id


def _threads(mails: Sequence[_Read]) -> dict[str, str]:
    """Thread -> its name: the month in which it began, and a hash."""
    began: dict[str, str] = {}
    for one in mails:
        began[_thread(one)] = min(one.month, began.get(_thread(one), one.month))
    return {thread: f"{month} {hashlib.sha256(thread.encode()).hexdigest()[:8]}" for thread, month in began.items()}


def _text(one: _Read, everyone: set[tuple[str, str]]) -> str:
    body = without_signature(one.body)
    whole = f"Subject: {one.subject}\n{body}" if one.subject else body
    beginning = _cut(whole, 4 * CHARACTERS)  # masks make texts shorter
    return _cut(masked(beginning, everyone=everyone, own=one.people, mailboxes=one.mailboxes), CHARACTERS)


def _cut(text: str, most: int) -> str:
    """The beginning of the text, up to the end of a word."""
    return text if len(text) <= most else text[: most + 1].rsplit(maxsplit=1)[0]
