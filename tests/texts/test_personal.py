from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.texts.personal import Finding, find_personal, luhn, mask, mod97, tagged, without_personal

DIGITS = st.text("0123456789", min_size=1, max_size=30)


def found(text: str) -> dict[str, int]:
    return {finding.kind: finding.count for finding in find_personal([[text]])}


def with_luhn_digit(digits: str) -> str:
    return next(digits + last for last in "0123456789" if luhn(digits + last))


def german_iban(account: str) -> str:
    """With the check digits that ISO 13616 prescribes: 98 minus the remainder of the number with 00 in their place."""
    remainder = int("".join(str(int(character, 36)) for character in f"{account}DE00")) % 97
    return f"DE{98 - remainder:02}{account}"


@given(DIGITS)
def test_exactly_one_last_digit_satisfies_luhn(digits: str) -> None:
    assert sum(luhn(digits + last) for last in "0123456789") == 1


@given(DIGITS, st.data())
def test_luhn_notices_any_single_wrong_digit(digits: str, data: st.DataObject) -> None:
    number = with_luhn_digit(digits)
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    assert not luhn(number[:place] + other + number[place + 1 :])


@given(st.text("0123456789", min_size=18, max_size=18), st.data())
def test_an_iban_is_right_and_with_any_other_digit_wrong(account: str, data: st.DataObject) -> None:
    iban = german_iban(account)
    assert mod97(iban)
    place = data.draw(st.integers(2, len(iban) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != iban[place]]))
    assert not mod97(iban[:place] + other + iban[place + 1 :])


@given(st.text("0123456789", min_size=18, max_size=18), st.booleans())
def test_an_iban_is_found_whole_in_a_sentence(account: str, in_groups: bool) -> None:
    iban = german_iban(account)
    written = " ".join(iban[start : start + 4] for start in range(0, 22, 4)) if in_groups else iban
    text = f"Pay to {written} TODAY please"
    assert found(text) == {"bank accounts (IBAN)": 1}
    assert without_personal(text) == f"Pay to {mask(written)} TODAY please"


@given(st.text("0123456789", min_size=14, max_size=14).filter(lambda digits: len(set(digits)) > 1))
def test_a_card_number_is_found_and_one_digit_off_is_not(digits: str) -> None:
    number = with_luhn_digit("4" + digits)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert found(f"card {number}, thanks") == {"card numbers": 1}
    assert "card numbers" not in found(f"card {wrong}, thanks")


@given(st.ip_addresses())
def test_only_public_addresses_count(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    of_somebody = address.is_global and not address.is_reserved and not address.is_multicast
    assert ("IP addresses" in found(f"from {address} at noon")) == of_somebody


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to anna.k+x@mail.example.co.uk.", "e-mail addresses"),
        ("<jörg@müller.de>", "e-mail addresses"),
        ("call +46 70 123 45 67 now", "telephone numbers"),
        ("call +1 (555) 234-5678", "telephone numbers"),
        ("call (555) 234-5678", "telephone numbers"),
        ("call 555-234-5678", "telephone numbers"),
        ("ring 08-123 45 678", "telephone numbers"),
        ("ring 0046701234567", "telephone numbers"),
        ("4111 1111 1111 1111", "card numbers"),
        ("from 2001:4860:4860::8888", "IP addresses"),
        ("GB82 WEST 1234 5698 7654 32", "bank accounts (IBAN)"),
    ],
)
def test_what_looks_personal_is_found_once(text: str, kind: str) -> None:
    assert found(text) == {kind: 1}


@pytest.mark.parametrize(
    "text",
    [
        "on 01-02-2023 12:30",
        "on 2024-01-05 10:11:12",
        "code 0101.21.0000, item 1234567890123",
        "version 1.2.3 of 10.0.0.1",
        "an @mention and a@b",
        "in C++, face::add and std::cafe::a",
        "0000 0000 0000 0000",
        "S72.001A, 12,345,678,901",
    ],
)
def test_dates_codes_and_versions_are_not_personal(text: str) -> None:
    assert found(text) == {}


@given(st.text(min_size=2, max_size=60))
def test_a_mask_hides_at_least_half_of_what_could_be_read_from_four_characters_on(value: str) -> None:
    masked = mask(value)
    readable = [place for place, character in enumerate(value) if character.isalnum()]
    hidden = [place for place in readable if masked[place] == "*"]
    assert len(masked) == len(value)
    if len(readable) >= 4:
        assert len(hidden) * 2 >= len(readable)
    assert all(masked[place] == value[place] for place in range(len(value)) if place not in readable)


@given(st.lists(st.sampled_from(["a@example.org", "+46701234567", "8.8.8.8", "words", "4111111111111111"])))
def test_a_masked_text_shows_no_address_or_number(parts: list[str]) -> None:
    shown = without_personal(", ".join(parts))
    assert not any(part in shown for part in parts if part != "words")
    assert shown.count("words") == parts.count("words")


def test_items_and_occurrences_are_counted_and_the_same_text_twice_in_an_item_once() -> None:
    findings = find_personal([["a@x.org b@x.org", "a@x.org b@x.org"], ["nothing"], ["a@x.org"]])
    assert findings == (Finding("e-mail addresses", 3, 2, ("a@*.**g", "b@*.**g")),)


def test_a_text_of_millions_of_characters_does_not_take_forever() -> None:
    # a pattern with an unbounded repetition needs hours for these
    for text in ("a" * 1_000_000, "1 " * 500_000, "a.b-" * 250_000, "AB12" * 250_000, "1:" * 500_000):
        assert len(without_personal(text)) == len(text)


def test_what_stands_in_a_text_to_learn_from_is_only_the_kind() -> None:
    text = "Write to ann@lee.org or call +353 1 234 5678, not 192.168.0.1"
    assert tagged(text) == "Write to [e-mail address] or call [telephone number], not 192.168.0.1"
