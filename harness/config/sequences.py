"""Steps of continual learning: which runs a sequence of domains asks for, and what each of them is scored on.

    sequences: {trade_then_health: [a, b, c]}  -->  steps (a,), (a, b), (a, b, c)

`a` is a prepared domain, or a slice of one: the part of a domain that has some of its labels or clusters.
A step is a prefix of a sequence. Two sequences that begin alike share the steps of their common beginning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Step = tuple[str, ...]
"""Domains in the order in which they are learnt: the last one is new, the others were learnt in earlier steps."""


def steps_of(sequences: Mapping[str, Sequence[str]]) -> list[Step]:
    """Every step of every sequence once, each after the step that it continues from."""
    steps = [tuple(domains[:length]) for domains in sequences.values() for length in range(1, len(domains) + 1)]
    return list(dict.fromkeys(steps))


def domains_to_score(step: Step, sequences: Mapping[str, Sequence[str]]) -> Step:
    """The domains of the step, then those that come later in any sequence that begins with it."""
    later = [
        domain
        for domains in sequences.values()
        if tuple(domains[: len(step)]) == step
        for domain in domains[len(step) :]
    ]
    return tuple(dict.fromkeys([*step, *later]))
