"""Codes that look as real as the others and stand for nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from harness.items.item import shuffle_key


def under_other_heads(code: str, heads: Sequence[str]) -> Iterator[str]:
    """The rest of `code` under each of `heads`, which are as long as its own, in pseudo-random order.

    The head changes and not the tail, because the tail is what gives an invented code away: real codes take the low
    and the round numbers of their heading, and what is left there looks unusual. Who knows nothing but tails tells
    real codes from missing ones in 75 % (icd10) and 62 % (hs_products) of cases if the missing ones differ in their
    last digits only, even if those are drawn as often as they are in use elsewhere. The same tail under another head
    leaves 50 %, which is chance.
    """
    start = int(shuffle_key(0, f"missing code near {code}")[:8], 16)
    for step in range(len(heads)):
        head = heads[(start + step) % len(heads)]
        yield head + code[len(head) :]


def numbered(prefix: str) -> list[str]:
    """`prefix` with each number of two digits: heads that need not exist."""
    return [f"{prefix}{number:02}" for number in range(100)]


def missing_codes(
    codes: Sequence[str], *, listed: Collection[str], candidates: Callable[[str], Iterable[str]]
) -> dict[str, str]:
    """Code -> its first candidate that is not listed; a code that has none is not in the result.

    No two codes get the same one: a question about it in training would give away the answer to one in the test.
    """
    taken = set(listed)
    found: dict[str, str] = {}
    for code in codes:
        free = next((candidate for candidate in candidates(code) if candidate not in taken), None)
        if free is not None:
            taken.add(free)
            found[code] = free
    return found
