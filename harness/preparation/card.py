"""The data card of a prepared domain: its numbers, and a page in Markdown."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.config.domain import Domain
from harness.display.markdown_table import table
from harness.display.plain_text import shortened
from harness.domains.views.registry import VIEWS
from harness.items.item import SPLITS, Item, Split
from harness.items.media_item import MediaItem, media_shown
from harness.items.unpaired import has_only_wrong_answers
from harness.preparation import media_card
from harness.texts.personal import without_personal

EXAMPLE_CHARACTERS = 200
"""Characters of an example's text that the card shows."""
EXAMPLE_FIELDS = ("id", "text", "label", "answer", "code", "missing_code", "positive", "foreign_text")
EXAMPLE_LISTS = ("wrong_answers", "anchors", "negatives")


def describe(items: Sequence[Item], split: Mapping[str, Split]) -> dict[str, Any]:
    """The numbers of the card: items per split, text lengths in characters, label balance, and an example."""
    counts = Counter(split[item.id] for item in items)
    labelled = [item for item in items if item.label is not None]
    per_split = {name: Counter(item.label for item in labelled if split[item.id] == name) for name in SPLITS}
    labels = sorted({item.label for item in labelled if item.label is not None})
    rejected = sum(has_only_wrong_answers(item) for item in items)
    trained = {item.cluster for item in items if split[item.id] == "train"}
    held_out = {item.cluster for item in items if split[item.id] != "train"}
    return {
        "items": {name: counts[name] for name in SPLITS},
        "clusters": len({item.cluster for item in items}),
        "held_out_clusters": len(held_out),
        "straddling_clusters": len(trained & held_out),
        "characters": _lengths([item.text for item in items]),
        "answer_characters": _lengths([item.answer for item in items if item.answer is not None]),
        "labels": {label: {name: per_split[name][label] for name in SPLITS} for label in labels},
        "labels_without_training_items": [label for label in labels if not per_split["train"][label]],
        "majority_share_test": _largest_share(per_split["test"]) if labels else None,
        "example": _example(items, split),
        **({"only_wrong_answers": rejected} if rejected else {}),
    }


def page(domain: Domain, facts: Mapping[str, Any], origin: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    lines = [
        f"# {domain.title}",
        "",
        domain.summary,
        "",
        f"Source: {origin['origin']} ({origin['licence']}). Language: {domain.language}.",
        "",
        *_facts(facts),
        "",
        table(["view", "what a row asks", *SPLITS], _views(facts["views"]), numeric=(2, 3, 4)),
    ]
    card = facts["card"]
    if card["labels"]:
        lines += ["", table(["label", *SPLITS], _labels(card["labels"]), numeric=(1, 2, 3))]
    return (
        "\n".join([*lines, "", "An example from training:", "", table(["field", "value"], card["example"].items())])
        + "\n"
    )


def _facts(facts: Mapping[str, Any]) -> Iterator[str]:
    card, removed = facts["card"], facts["removed"]
    yield (
        f"- items: {', '.join(f'{name} {count}' for name, count in card['items'].items())}, "
        f"in {card['clusters']} clusters{_straddling(card)}"
    )
    if card.get("only_wrong_answers"):
        yield (
            f"- {card['only_wrong_answers']} of these items have wrong answers only: they are no examples of answers, "
            "and the view unpaired_preferences holds them"
        )
    for name, what in (("characters", "text"), ("answer_characters", "answer")):
        if card[name]:
            lengths = card[name]
            yield f"- {what}: {lengths['min']} to {lengths['max']} characters, median {lengths['median']}"
    yield (
        f"- removed: {removed['duplicates']} duplicates, {removed['contradictions']} items with contradicting labels, "
        f"{removed['near_duplicates']} leaks: training items that {_leaks(removed)}"
    )
    for origin, count in removed["near_duplicates_of"].items():
        yield f"    - {count} of them: {origin}"
    if removed["merged"]:
        yield f"- merged: {removed['merged']} items with another answer to a text that occurs before"
    if removed["given_split_leaks"]:
        yield f"- removed: {removed['given_split_leaks']} items whose text the source's own splits also hold out"
    if removed["set_aside"]:
        yield (
            f"- unused: {removed['set_aside']} further items of held-out clusters; the held-out items come "
            f"from {card['held_out_clusters']} clusters"
        )
    if card.get("media"):
        for line in media_card.lines(card["media"]):
            yield f"- {line}"
    for note in facts["notes"]:
        yield f"- {note['count']} {note['what']}"
    if card["labels"]:
        yield f"- {card['majority_share_test']:.1%} of the test items have the most frequent label"
        yield f"- labels without a training item: {', '.join(card['labels_without_training_items']) or 'none'}"
    main_view = facts["main_view"] or "none, because the domain asks neither for labels nor for answers"
    yield f"- main view, which recipes learn by default: {main_view}"


def _leaks(removed: Mapping[str, Any]) -> str:
    """What makes a training item a leak."""
    if removed["near_threshold"] is None:
        return "show a file of a held-out item"
    return f"nearly repeat a held-out item (character 5-gram Jaccard of {removed['near_threshold']} or more)"


def _straddling(card: Mapping[str, Any]) -> str:
    """A note about clusters that are in several splits, which only splits from the source can cause."""
    count = card["straddling_clusters"]
    return f", of which {count} are both in training and held out" if count else ", each in one split"


def _views(views: Mapping[str, Any]) -> Iterator[list[str]]:
    for name, view in views.items():
        yield [name, VIEWS[name].about, *(str(view["rows"][split]) for split in SPLITS)]


def _labels(labels: Mapping[str, Mapping[str, int]]) -> Iterator[list[str]]:
    for label, n in sorted(labels.items(), key=lambda entry: -entry[1]["train"]):
        yield [label, *(str(n[split]) for split in SPLITS)]


def _largest_share(labels: Counter[str | None]) -> float:
    return round(max(labels.values(), default=0) / max(labels.total(), 1), 4)


def _lengths(texts: Sequence[str]) -> dict[str, int] | None:
    lengths = sorted(map(len, texts))
    if not lengths:
        return None
    return {"min": lengths[0], "median": int(statistics.median(lengths)), "max": lengths[-1]}


def _example(items: Sequence[Item], split: Mapping[str, Split]) -> dict[str, str]:
    """The fields of the first training item, with personal data masked. Held-out items are never shown."""
    item = next(item for item in items if split[item.id] == "train")
    fields = {name: getattr(item, name) for name in EXAMPLE_FIELDS}
    fields |= {f"first of {name}": next(iter(getattr(item, name)), None) for name in EXAMPLE_LISTS}
    if isinstance(item, MediaItem):
        shown = ", ".join(f"{media.kind} {media.sha256[:8]}" for media in media_shown(item))
        fields |= {"caption": item.caption, "shows": shown}
    return {
        name: shortened(without_personal(value), most=EXAMPLE_CHARACTERS)
        for name, value in fields.items()
        if value is not None
    }
