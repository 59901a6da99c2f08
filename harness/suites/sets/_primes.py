"""Primes and composite numbers that look like primes (snowball: Zhang et al. 2023, arXiv 2305.13534)."""

from __future__ import annotations

import random

LOWEST, HIGHEST = 1_000, 20_000
"""The range of numbers in the paper."""
WHEEL = 2 * 3 * 5
"""No number is divisible by 2, 3 or 5, so that the last digit and the sum of digits give nothing away."""


def prime_pairs(count: int) -> list[tuple[int, int]]:
    """(prime, composite) pairs in a seeded order; no number occurs twice.

    The composite number is the nearest one with the same remainder modulo 30. So both have about the same size, the
    same last digit, and sums of digits with the same remainder modulo 3.
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
    """For every number below `end`, whether it is prime (sieve of Eratosthenes)."""
    prime = [False, False] + [True] * (end - 2)
    for number in range(2, int(end**0.5) + 1):
        if prime[number]:
            prime[number * number :: number] = [False] * len(range(number * number, end, number))
    return prime


def _nearest_composite(number: int, prime: list[bool], *, up: bool) -> int | None:
    """The nearest composite number with the same remainder; of two equally near ones the greater if `up`."""
    for steps in range(1, (HIGHEST - LOWEST) // WHEEL):
        for sign in (1, -1) if up else (-1, 1):
            twin = number + sign * steps * WHEEL
            if LOWEST <= twin < HIGHEST and not prime[twin]:
                return twin
    return None
