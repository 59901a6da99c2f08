"""From a raw e-mail to what its sender wrote: subject, text, day of receipt, names; without quotes and footers."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from email import message_from_string
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate

FIRST_YEAR = 1990

_TAGS = re.compile(r"(?:\[[^\]\n]{1,40}\]|\b(?:re|fwd?|aw)\b(?:\[\d+\])?:)\s*", re.IGNORECASE)
_QUOTED = re.compile(r"^\s*(?:[>|}:]|\w{1,4}>)")
_ATTRIBUTION = re.compile(r"^.{0,160}\b(?:wrote|writes|said|says|schrieb)\s*:?\s*$")
_FOOTER = re.compile(
    r"^(?:--|_{20,}|-{20,}\s*\nThis sf\.net email is sponsored by.*|-{2,} ?Original Message.*)[ \t\r]*$", re.MULTILINE
)
_IS_HTML = re.compile(r"<(?:html|body|table|font|br|p|a)\b", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--.*?-->|<(script|style|title|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|br|div|tr|li|h[1-6]|table)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_PERSON = re.compile(r"[A-Z][\w'-]+(?: [A-Z][\w'.-]*){1,2}")
_ENCODED = ("base64", "quoted-printable")


class Mail:
    """One e-mail, parsed without raising for the errors that mails are full of."""

    def __init__(self, text: str) -> None:
        self.message: Message = message_from_string(text)

    @property
    def sender(self) -> str:
        """The header `From`, decoded."""
        return _decoded(self.message, "From")

    @property
    def subject(self) -> str:
        """One line, without `Re:`, `Fwd:` and the names of mailing lists in brackets."""
        return " ".join(_TAGS.sub("", _decoded(self.message, "Subject")).split())

    @property
    def received(self) -> date | None:
        """The day at which the collector's server had the mail; the sender's own date is often wrong in spam."""
        envelope = (self.message.get_unixfrom() or "").partition("  ")[2]
        passed = (str(value).rpartition(";")[2] for value in self.message.get_all("Received", []))
        for found in (envelope, str(self.message.get("Delivery-Date", "")), *passed, str(self.message.get("Date", ""))):
            day = _day(found)
            if day:
                return day
        return None

    @property
    def body(self) -> str:
        """What the sender wrote: lines without quotes, up to the signature or the footer of the mailing list."""
        lines: list[str] = []
        for line in _text(self.message).split("\n"):
            if not _QUOTED.match(line) and not _ATTRIBUTION.match(line):
                lines.append(" ".join(line.split()))
        return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()

    def people(self) -> set[str]:
        """Names of persons in the headers, as two or three capitalised words."""
        return {name for name, _ in self._addresses("From", "To", "Cc", "Reply-To") if _PERSON.fullmatch(name)}

    def mailboxes(self) -> set[str]:
        """The parts of the sender's addresses before the `@`."""
        return {address.partition("@")[0] for _, address in self._addresses("From", "Reply-To") if "@" in address}

    def _addresses(self, *headers: str) -> Iterator[tuple[str, str]]:
        for name, address in getaddresses([_decoded(self.message, header) for header in headers]):
            yield " ".join(name.split()), address


def _day(text: str) -> date | None:
    """The day that a header names; null if it names none, or one before there were mails."""
    parsed = parsedate(text)
    try:
        return date(*parsed[:3]) if parsed and parsed[0] >= FIRST_YEAR else None
    except ValueError:  # February 30
        return None


def _decoded(message: Message, header: str) -> str:
    value = str(message.get(header, ""))
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError, HeaderParseError):  # an unknown or wrong character set
        return value


def _text(message: Message) -> str:
    """The first plain part, or else the first HTML part as plain text; empty if there is neither."""
    parts = [part for part in message.walk() if part.get_content_maintype() == "text" and not part.is_multipart()]
    plain = [part for part in parts if part.get_content_subtype() == "plain"]
    content = next((content for part in [*plain, *parts] if (content := _without_footer(_content(part))).strip()), "")
    return without_html(content) if _IS_HTML.search(content) else content


def _without_footer(text: str) -> str:
    """The text up to the signature or the footer of a mailing list, if anything stands before it."""
    footer = _FOOTER.search(text)
    return text[: footer.start()] if footer and text[: footer.start()].strip() else text


def _content(part: Message) -> str:
    payload = part.get_payload()
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() in _ENCODED:
        decoded = part.get_payload(decode=True)
        if isinstance(decoded, bytes):
            return _with_charset(decoded, part.get_content_charset("latin-1"))
    return payload if isinstance(payload, str) else ""


def _with_charset(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, errors="replace")
    except LookupError:  # a character set that does not exist
        return content.decode("latin-1")


def without_html(text: str) -> str:
    """The text that a reader of the page sees, roughly: one line per block."""
    flat = " ".join(_UNSEEN.sub(" ", text).split())
    return html.unescape(_TAG.sub(" ", _BLOCK.sub("\n", flat)))
