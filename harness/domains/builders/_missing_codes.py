"""Invent codes that look real but do not exist."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from harness.items.item import shuffle_key


def under_other_heads(code: str, heads: Sequence[str]) -> Iterator[str]:
    """The last digits of `code` under each of `heads`, which have the length of its own head, in pseudo-random order.

    The head changes and not the last digits, because those would give an invented code away: real codes use the low and
    the round numbers of their heading, so the unused ones look unusual. A classifier that sees only the last digits
    separates real from invented codes in 75 % (icd10) and 62 % (hs_products) of cases if the invented codes differ only
    in their last digits, even if these are drawn with their frequency elsewhere. With the same last digits under
    another head it reaches 50 %, which is chance.
    """
    start = int(shuffle_key(0, f"missing code near {code}")[:8], 16)
    for step in range(len(heads)):
        head = heads[(start + step) % len(heads)]
        yield head + code[len(head) :]


def numbered(prefix: str) -> list[str]:
    """`prefix` with each two-digit number: heads that may not exist."""
    return [f"{prefix}{number:02}" for number in range(100)]


def missing_codes(
    codes: Sequence[str], *, listed: Collection[str], candidates: Callable[[str], Iterable[str]]
) -> dict[str, str]:
    """Code -> its first candidate that is not listed; codes without such a candidate are left out.

    No two codes get the same missing code: a training question about it would give away the answer of a test question.
    """
    taken = set(listed)
    found: dict[str, str] = {}
    for code in codes:
        free = next((candidate for candidate in candidates(code) if candidate not in taken), None)
        if free is not None:
            taken.add(free)
            found[code] = free
    return found
