"""The data card: what is in a prepared domain, as numbers and as a page."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from harness.config.domain import Domain
from harness.domains.items import SPLITS, Item, Split


def describe(items: Sequence[Item], split: Mapping[str, Split]) -> dict[str, Any]:
    """Counts per split, text lengths in characters, label balance, labels without a training item."""
    counts = Counter(split[item.id] for item in items)
    lengths = sorted(len(item.text) for item in items)
    per_split = {name: Counter(item.label for item in items if split[item.id] == name) for name in SPLITS}
    labels = sorted({item.label for item in items})
    return {
        "items": {name: counts[name] for name in SPLITS},
        "clusters": len({item.cluster for item in items}),
        "held_out_clusters": len({item.cluster for item in items if split[item.id] != "train"}),
        "characters": {
            "min": lengths[0],
            "median": int(statistics.median(lengths)),
            "max": lengths[-1],
        },
        "labels": {label: {name: per_split[name][label] for name in SPLITS} for label in labels},
        "labels_without_training_items": [label for label in labels if not per_split["train"][label]],
        "majority_share_test": round(max(per_split["test"].values()) / counts["test"], 4),
    }


def page(domain: Domain, facts: Mapping[str, Any], origin: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    removed = facts["removed"]
    card = facts["card"]
    views = [f"{name} ({view['questions']} questions)" for name, view in facts["views"].items()]
    lines = [
        f"# {domain.title}",
        "",
        domain.summary,
        "",
        f"Source: {origin['origin']} ({origin['licence']}). Language: {domain.language}.",
        "",
        f"- items: {', '.join(f'{name} {count}' for name, count in card['items'].items())}, "
        f"in {card['clusters']} clusters that never straddle splits",
        f"- length: {card['characters']['min']} to {card['characters']['max']} characters, "
        f"median {card['characters']['median']}",
        f"- removed: {removed['duplicates']} duplicates, {removed['contradictions']} items with contradicting labels, "
        f"{removed['near_duplicates']} training items that nearly repeat a held-out item "
        f"(5-gram Jaccard of at least {removed['near_threshold']})",
        f"- set aside: {removed['set_aside']} further items of held-out clusters, so that the held-out items come from "
        f"{card['held_out_clusters']} clusters",
        f"- the most frequent label makes {card['majority_share_test']:.1%} of the test items",
        f"- labels without a training item: {', '.join(card['labels_without_training_items']) or 'none'}",
        f"- views: {', '.join(views)}",
        "",
        "| label | train | validation | test |",
        "|---|---:|---:|---:|",
    ]
    rows = sorted(card["labels"].items(), key=lambda entry: -entry[1]["train"])
    for label, n in rows:
        name = label.replace("|", r"\|")
        lines.append(f"| {name} | {n['train']} | {n['validation']} | {n['test']} |")
    return "\n".join(lines) + "\n"
