from __future__ import annotations

from math import gcd, isqrt

from harness.suites.sets._primes import HIGHEST, LOWEST, prime_pairs, sieve


def is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, isqrt(number) + 1))


def test_the_sieve_agrees_with_trial_division() -> None:
    assert sieve(1_000) == [is_prime(number) for number in range(1_000)]


def test_a_pair_holds_a_prime_and_a_composite_in_the_range() -> None:
    for prime, composite in prime_pairs(120):
        assert LOWEST <= min(prime, composite) <= max(prime, composite) < HIGHEST
        assert is_prime(prime)
        assert not is_prime(composite)


def test_composites_look_like_primes() -> None:
    for prime, composite in prime_pairs(120):
        assert gcd(composite, 30) == 1
        assert prime % 30 == composite % 30  # same last digit, same remainder of the sum of digits by 3
        assert abs(prime - composite) <= 120


def test_no_number_occurs_twice_and_the_first_pairs_do_not_depend_on_how_many_are_wanted() -> None:
    pairs = prime_pairs(120)
    assert len({number for pair in pairs for number in pair}) == 240
    assert prime_pairs(30) == pairs[:30]
