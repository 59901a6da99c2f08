"""Find likely personal data in texts, and mask it for display."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

EXAMPLES = 2
"""Most masked examples of each kind."""


@dataclass(frozen=True)
class Finding:
    """One kind of personal data."""

    kind: str
    """Name in the plural, such as `e-mail addresses`."""
    count: int
    """Number of occurrences."""
    items: int
    """Number of items with at least one occurrence."""
    examples: tuple[str, ...]
    """Masked examples: at most half of the characters are visible."""


@dataclass(frozen=True)
class _Kind:
    name: str
    tag: str
    """What stands in its place in a text to learn from."""
    pattern: re.Pattern[str]
    """Each repetition in the pattern is bounded, so that the time is linear in the length of a text."""
    holds: Callable[[str], str | None]
    """Match -> the part of it, from its start, that is personal data; None if the match is a false alarm."""


def find_personal(texts_of_items: Iterable[Iterable[str]]) -> tuple[Finding, ...]:
    """The kinds of personal data that occur. Each inner iterable holds the texts of one item."""
    counts = {kind.name: 0 for kind in _KINDS}
    items = dict(counts)
    examples: dict[str, list[str]] = {kind.name: [] for kind in _KINDS}
    for texts in texts_of_items:
        found = [hit for text in dict.fromkeys(texts) for hit in _hits(text)]
        for name in {name for name, _, _ in found}:
            items[name] += 1
        for name, _, value in found:
            counts[name] += 1
            masked = mask(value)
            if len(examples[name]) < EXAMPLES and masked not in examples[name]:
                examples[name].append(masked)
    return tuple(Finding(name, counts[name], items[name], tuple(examples[name])) for name in counts if counts[name])


def without_personal(text: str) -> str:
    """The text with likely personal data masked, for display."""
    shown = text
    for _, start, value in sorted(_hits(text), key=lambda hit: -hit[1]):
        shown = shown[:start] + mask(value) + shown[start + len(value) :]
    return shown


def tagged(text: str) -> str:
    """The text with likely personal data replaced by its kind, such as `[e-mail address]`: for texts to learn from."""
    tags = {kind.name: kind.tag for kind in _KINDS}
    left = text
    for name, start, value in sorted(_hits(text), key=lambda hit: -hit[1]):
        left = left[:start] + tags[name] + left[start + len(value) :]
    return left


def mask(value: str) -> str:
    """The value with its letters and digits as `*`, except for one sixth of them at each end."""
    places = [place for place, character in enumerate(value) if character.isalnum()]
    kept = max(1, len(places) // 6)
    hidden = set(places[kept : max(kept, len(places) - kept)])
    return "".join("*" if place in hidden else character for place, character in enumerate(value))


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0


def mod97(iban: str) -> bool:
    """Whether the check digits of an IBAN without spaces are right: as a number it is 1 modulo 97 (ISO 13616)."""
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1


def _hits(text: str) -> Iterator[tuple[str, int, str]]:
    """(kind, start, value) of each occurrence. Overlapping matches count for the first kind only."""
    taken: list[tuple[int, int]] = []
    for kind in _KINDS:
        for match in kind.pattern.finditer(text):
            value = kind.holds(match.group())
            if value is None:
                continue
            start, end = match.start(), match.start() + len(value)
            if all(end <= other_start or start >= other_end for other_start, other_end in taken):
                taken.append((start, end))
                yield kind.name, start, value


def _iban(text: str) -> str | None:
    """The IBAN at the start of `text`. The country code determines its length; other words may follow."""
    left = _IBAN_LENGTHS.get(text[:2], 0)
    end = 0
    while end < len(text) and left > 0:
        left -= text[end] != " "
        end += 1
    value = text[:end]
    compact = value.replace(" ", "")
    follows = text[end : end + 1]
    return value if compact and not left and not follows.isalnum() and mod97(compact) else None


def _card(text: str) -> str | None:
    digits = re.sub(r"\D", "", text)
    return text if digits[0] in "23456" and len(set(digits)) > 1 and luhn(digits) else None


def _address(text: str) -> str | None:
    """The address if it is public; private, reserved and documentation ranges belong to nobody."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    is_personal = address.is_global and not address.is_reserved and not address.is_multicast
    return text if is_personal else None


def _phone(text: str) -> str | None:
    """The number if it has as many digits as telephone numbers have; dates and codes have fewer."""
    digits = sum(character.isdigit() for character in text)
    if text.startswith("+"):
        return text if 8 <= digits <= 15 else None
    if text.startswith("00"):
        return text if 12 <= digits <= 17 else None
    return text if 9 <= digits <= 12 else None


_KINDS = (
    _Kind(
        "e-mail addresses",
        "[e-mail address]",
        re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w-])"),
        str,
    ),
    _Kind("bank accounts (IBAN)", "[bank account]", re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}"), _iban),
    _Kind("card numbers", "[card number]", re.compile(r"(?<![\w.,+-])(?:\d[ -]?){12,18}\d(?!\w)"), _card),
    _Kind(
        "IP addresses",
        "[IP address]",
        re.compile(
            r"(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}(?!\.?\w)|(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:]))"
        ),
        _address,
    ),
    _Kind(
        "telephone numbers",
        "[telephone number]",
        re.compile(
            r"(?<![\w+.])(?:"
            r"(?:\+|00)[1-9]\d{0,2}(?:[ ./()\u00a0-]{0,2}\d){6,14}"  # international
            r"|(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]{1,2}[2-9]\d{2}[ .-]\d{4}"  # North America
            r"|\(?0[1-9]\d{0,3}\)?[ /-]{1,2}\d{2,4}(?: ?\d{2,4}){1,3}"  # national, with the trunk prefix 0
            r")(?!\w)"
        ),
        _phone,
    ),
)

_COUNTRIES_BY_LENGTH = """
15:NO 16:BE 18:DK,FI,FO,GL,NL,SD 19:MK,SI 20:AT,BA,EE,KZ,LT,LU,MN,XK 21:CH,CR,HR,LI,LV
22:BG,BH,DE,GB,GE,IE,ME,RS,VA 23:AE,GI,IL,IQ,OM,SO,TL 24:AD,CZ,ES,MD,PK,RO,SA,SE,SK,TN,VG
25:LY,PT,ST 26:IS,TR 27:BI,DJ,FR,GR,IT,MC,MR,SM 28:AL,AZ,BY,CY,DO,GT,HU,LB,NI,PL,SV
29:BR,EG,PS,QA,UA 30:JO,KW,MU 31:MT,SC 32:LC 33:RU
"""
"""Length of an IBAN: countries with this length. Source: SWIFT's registry of IBAN formats."""

_IBAN_LENGTHS = {
    country: int(length)
    for length, _, countries in (entry.partition(":") for entry in _COUNTRIES_BY_LENGTH.split())
    for country in countries.split(",")
}
