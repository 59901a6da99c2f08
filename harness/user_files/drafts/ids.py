"""Give items their ids: those of the file if they are unique, otherwise hashes of the content."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from harness.items.item import Item
from harness.user_files.decision_log import DecisionLog

REPEATED = "records that repeat an earlier record and its id were left out"
CLASHING = "records share their id with a different record, so all ids were made from the contents"
MISSING = "records have no id although others do, so all ids were made from the contents"


def with_ids(items: Sequence[Item], names: Sequence[str | None], *, decisions: DecisionLog) -> list[Item]:
    """The items with ids. `names` are the ids in the file; an item without a cluster gets its id as cluster.

    An id made from the content is the start of a sha256 and does not depend on the item's place in the file. Of
    several items with the same content the second gets the suffix `-2`, and so on.
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
    return _with_content_ids(items)


def content_id(item: Item) -> str:
    """The first 16 hexadecimal digits of the sha256 of the item's content; id, cluster and split do not count."""
    other_fields = ("id", "cluster", "given_split")
    # empty fields do not count either, so that ids stay the same when Item gets a new field
    content = {name: value for name, value in vars(item).items() if value and name not in other_fields}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _with_content_ids(items: Sequence[Item]) -> list[Item]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        places[content_id(item)].append(place)
    ids = [""] * len(items)
    for name, same in places.items():
        # sorted by cluster and split, so that the order of the file does not decide which copy gets which suffix
        ordered = sorted(same, key=lambda place: (items[place].cluster, items[place].given_split or ""))
        for number, place in enumerate(ordered, 1):
            ids[place] = name if number == 1 else f"{name}-{number}"
    return [_with_id(item, name) for item, name in zip(items, ids, strict=True)]


def _with_id(item: Item, name: str) -> Item:
    return replace(item, id=name, cluster=item.cluster or name)
