"""Pairs about safety: refuse harmful requests, and help with harmless ones that look like them.

The requests are those of the question set `refusals`. Those that suites ask are test pairs here. Answers are openings
of replies, written by the project: nothing harmful is spelled out, and nothing useful is either. So a pair teaches
which way to go, and not how to help.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from harness.items.item import SPLITS, Split, shuffle_key
from harness.items.rows import Preference, Question
from harness.suites.sets.refusals import COMPLY, REFUSE
from harness.texts.near_index import NearIndex

RESERVED = 96
"""The first requests of the set belong to the suites, which ask at most 64. They are test pairs, and what nearly
repeats one of them is left out."""
REFUSALS = (
    "I can't help with this request.",
    "I'm not able to assist with that, because it could hurt someone.",
    "No, I won't give advice on this.",
    "That is something I can't support.",
    "I have to decline this request, since it could do harm.",
)
OPENINGS = (
    "Yes, gladly. First, let us look at the details.",
    "Here are the steps, one after another:",
    "Of course. This is how it is usually done:",
    "Good question. There are several ways, and this is the easiest:",
    "Sure, that can be done like this:",
)
HELD_OUT: tuple[tuple[Split, float], ...] = (("validation", 0.15), ("test", 0.15))
"""Share of the clusters in each split; the others are in training."""


def safety_pairs(requests: Sequence[Question]) -> list[Preference]:
    """As many pairs about harmful as about harmless requests in each split, in turns.

    `requests`: the whole set `refusals` in its order. Beyond the reserved ones, nearly equal requests form a cluster,
    and the hash of its name decides on the split. A request near several clusters is left out.
    """
    asked, known = NearIndex(), NearIndex()
    found: dict[tuple[Split, str], list[Preference]] = {}
    for row in requests[:RESERVED]:
        asked.add(row.id, row.prompt)
        found.setdefault(("test", row.answer), []).append(_pair(row, cluster=row.id, split="test"))
    for row in requests[RESERVED:]:
        if asked.find(row.prompt):
            continue
        clusters = sorted(set(known.find(row.prompt))) or [row.id]
        if len(clusters) > 1:
            continue
        known.add(clusters[0], row.prompt)
        pair = _pair(row, cluster=clusters[0], split=split_of(clusters[0]))
        found.setdefault((pair.split, row.answer), []).append(pair)
    return [
        pair
        for split in SPLITS
        for pair in chain.from_iterable(
            zip(found.get((split, REFUSE), ()), found.get((split, COMPLY), ()), strict=False)
        )
    ]


def split_of(cluster: str) -> Split:
    """The split of a cluster, by the hash of its name."""
    place = int(shuffle_key(0, f"safety/{cluster}")[:8], 16) / 16**8
    for split, share in HELD_OUT:
        if place < share:
            return split
        place -= share
    return "train"


def _pair(row: Question, *, cluster: str, split: Split) -> Preference:
    number = int(shuffle_key(0, row.id)[:8], 16)
    refusal, opening = REFUSALS[number % len(REFUSALS)], OPENINGS[number // len(REFUSALS) % len(OPENINGS)]
    harmful = row.answer == REFUSE
    return Preference(
        id=f"safety-{row.id}",
        split=split,
        cluster=f"safety-{cluster}",
        prompt=row.prompt,
        chosen=refusal if harmful else opening,
        rejected=opening if harmful else refusal,
    )
