"""Primes against composite numbers that look like primes (snowball: Zhang et al. 2023, arXiv 2305.13534)."""

from __future__ import annotations

import random

LOWEST, HIGHEST = 1_000, 20_000
"""The range of the paper."""
WHEEL = 2 * 3 * 5
"""No number asked about has one of these divisors: last digit and sum of digits tell nothing."""


def prime_pairs(count: int) -> list[tuple[int, int]]:
    """(prime, composite) pairs in a seeded order; no number occurs twice.

    The composite is the nearest one that leaves the same remainder by 30, so both have the same last digit, their
    sums of digits the same remainder by 3, and about the same size.
    """
    rng = random.Random("snowball primes")
    prime = sieve(HIGHEST)
    primes = [number for number in range(LOWEST, HIGHEST) if prime[number]]
    rng.shuffle(primes)
    pairs: list[tuple[int, int]] = []
    taken: set[int] = set()
    for number in primes:
        if len(pairs) == count:
            break
        twin = _nearest_composite(number, prime, up=rng.random() < 0.5)
        if twin is not None and twin not in taken:
            taken.add(twin)
            pairs.append((number, twin))
    return pairs


def sieve(end: int) -> list[bool]:
    """For every number below `end` whether it is prime (Eratosthenes)."""
    prime = [False, False] + [True] * (end - 2)
    for number in range(2, int(end**0.5) + 1):
        if prime[number]:
            prime[number * number :: number] = [False] * len(range(number * number, end, number))
    return prime


def _nearest_composite(number: int, prime: list[bool], *, up: bool) -> int | None:
    """Of two equally near ones the greater if `up`."""
    for steps in range(1, (HIGHEST - LOWEST) // WHEEL):
        for sign in (1, -1) if up else (-1, 1):
            twin = number + sign * steps * WHEEL
            if LOWEST <= twin < HIGHEST and not prime[twin]:
                return twin
    return None
