"""Ids of items: those of the file if they are unique, else made from the content."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from harness.items.item import Item
from harness.user_files.decisions import DecisionLog

REPEATED = "records that repeat an earlier one, id and all, were left out"
CLASHING = "records share their id with a different record, so all ids were made from the contents"
MISSING = "records have no id where others have one, so all ids were made from the contents"


def identified(items: Sequence[Item], names: Sequence[str | None], *, decisions: DecisionLog) -> list[Item]:
    """Items with ids; an item without a cluster is its own.

    An id made from the content is the start of a sha256, the same wherever in the file the record stands; of several
    items with the same content the second gets the suffix `-2`, and so on.
    """
    named = [(item, name) for item, name in zip(items, names, strict=True) if name is not None]
    if named and len(named) < len(items):
        decisions.count(MISSING, len(items) - len(named))
    elif named:
        by_name: dict[str, list[Item]] = defaultdict(list)
        for item, name in named:
            by_name[name].append(item)
        clashing = sum(len(same) for same in by_name.values() if any(item != same[0] for item in same))
        if not clashing:
            decisions.count(REPEATED, len(items) - len(by_name))
            return [_with_id(same[0], name) for name, same in by_name.items()]
        decisions.count(CLASHING, clashing)
    return _by_content(items)


def content_id(item: Item) -> str:
    """16 hexadecimal digits of the sha256 of what the item says; id, cluster and split have no part in it."""
    apart = ("id", "cluster", "given_split")
    # empty fields apart, too: an item with nothing new keeps its id when Item gets a new field
    content = {name: value for name, value in vars(item).items() if value and name not in apart}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _by_content(items: Sequence[Item]) -> list[Item]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        places[content_id(item)].append(place)
    ids = [""] * len(items)
    for name, same in places.items():
        # by cluster and split, so that the order of the file does not decide who gets which suffix
        ordered = sorted(same, key=lambda place: (items[place].cluster, items[place].given_split or ""))
        for number, place in enumerate(ordered, 1):
            ids[place] = name if number == 1 else f"{name}-{number}"
    return [_with_id(item, name) for item, name in zip(items, ids, strict=True)]


def _with_id(item: Item, name: str) -> Item:
    return replace(item, id=name, cluster=item.cluster or name)
