"""Pairs about the scope of a domain: name a label for its own texts, and decline for texts that do not belong to it.

The wording is that of the suite `out_of_scope`, which asks about test items only. Training pairs are about training
items of this domain and of other domains, and about everyday requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from harness.domains.views.classify import classify_prompt
from harness.items.item import Split, shuffle_key
from harness.items.rows import Preference
from harness.suites.sets.other_domains import FEWEST, MOST
from harness.suites.sets.out_of_scope import DECLINE, HINT

MOST_PAIRS: dict[Split, int] = {"train": 400, "validation": 100, "test": 100}
"""Largest number of pairs of each split; half of them are about the domain's own texts."""


@dataclass(frozen=True)
class Text:
    """A text to ask about."""

    id: str
    split: Split
    cluster: str
    text: str
    label: str | None = None
    """Its label in the domain; null: it does not belong to the domain."""


def scope_pairs(
    own: Sequence[Text], outside: Sequence[Text], *, labels: Sequence[str], prompt: str
) -> list[Preference]:
    """In each split in turns: a text of the domain, where its label is chosen, and another, where declining is chosen.

    The rejected label of a foreign text is that of some text of the domain in the same split, so that a label tells
    nothing about which answer is the better one. `prompt`: the domain's, with `{text}`. Empty for domains with more or
    fewer labels than the suite `out_of_scope` asks about.
    """
    if not FEWEST <= len(labels) <= MOST or DECLINE in labels:
        return []
    found: list[Preference] = []
    for split, most in MOST_PAIRS.items():
        inside = [text for text in own if text.split == split and text.label is not None]
        foreign = [text for text in outside if text.split == split]
        count = min(len(inside), len(foreign), most // 2)
        labels_there = sorted((text.label or "" for text in inside[:count]), key=lambda name: shuffle_key(0, name))
        asked = _Asked(tuple(labels), prompt)
        known = [asked.pair(text, chosen=text.label or "", rejected=DECLINE) for text in inside[:count]]
        unknown = [asked.pair(text, chosen=DECLINE, rejected=_drawn(labels_there, text)) for text in foreign[:count]]
        found += chain.from_iterable(zip(known, unknown, strict=True))
    return found


@dataclass(frozen=True)
class _Asked:
    labels: tuple[str, ...]
    prompt: str

    def pair(self, text: Text, *, chosen: str, rejected: str) -> Preference:
        asked = classify_prompt(self.prompt, text.text, self.labels)
        return Preference(
            id=f"scope-{text.id}",
            split=text.split,
            cluster=text.cluster,
            prompt=f"{HINT.format(decline=DECLINE)}\n{asked}",
            chosen=chosen,
            rejected=rejected,
        )


def _drawn(labels: Sequence[str], text: Text) -> str:
    return labels[int(shuffle_key(0, text.id)[:8], 16) % len(labels)]
