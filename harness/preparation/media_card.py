"""What the data card says about the files that items show: sizes, lengths, columns, and what is odd about them."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.display.plain_text import shortened
from harness.items.item import SPLITS, Item, Split
from harness.items.media import PLURAL, Media, MediaKind
from harness.items.media_item import media_shown
from harness.media.images import image_size
from harness.media.sounds import read_frames, read_sound
from harness.media.tables import Cell, read_row

NAMED = 5
"""Most names of columns in one line."""


def describe(items: Sequence[Item], split: Mapping[str, Split], folder: Path, *, kind: MediaKind) -> dict[str, Any]:
    """The numbers of the card about the files below `folder`: how many each split shows, and their sizes or columns."""
    shown = {
        name: [media for item in items if split[item.id] == name for media in media_shown(item)] for name in SPLITS
    }
    of_kind: dict[str, Callable[[Mapping[Split, Sequence[Media]], Path], dict[str, Any]]] = {
        "image": _images,
        "audio": _sounds,
        "table": _tables,
    }
    counts = {name: len(_different(files)) for name, files in shown.items()}
    return {"kind": kind, "files": counts, **of_kind[kind](shown, folder)}


def lines(facts: Mapping[str, Any]) -> Iterator[str]:
    """The lines of the card, from what `describe` found."""
    if facts["kind"] != "table":  # an item is a row
        counts = ", ".join(f"{name} {count}" for name, count in facts["files"].items())
        yield f"{PLURAL[facts['kind']]}: {counts}"
    for what, spread in facts.get("spreads", {}).items():
        yield f"{what}: {spread['min']:g} to {spread['max']:g}, median {spread['median']:g}"
    for what, found in facts.get("counts", {}).items():
        yield f"{what}: {', '.join(f'{name} ({count})' for name, count in found.items())}"
    yield from _table_lines(facts)


def _table_lines(facts: Mapping[str, Any]) -> Iterator[str]:
    if facts["kind"] != "table":
        return
    yield f"columns: {facts['numeric']} of numbers, {facts['categories']} of categories"
    for split, count in facts["missing"].items():
        if count:
            yield f"missing values in {split}: {count} of {facts['cells'][split]}"
    if facts["constant"]:
        yield f"columns with one value only in training, which cannot help: {_named(facts['constant'])}"
    if facts["unseen"]:
        total = sum(facts["unseen"].values())
        yield (
            f"held-out values of categories that do not occur in training: {total}, in {_named(facts['unseen'])}; "
            "models treat them as missing"
        )


def _images(shown: Mapping[Split, Sequence[Media]], folder: Path) -> dict[str, Any]:
    sizes = [image_size(folder / media.path) for media in _all(shown)]
    return {
        "spreads": {"width in pixels": _spread(w for w, _ in sizes), "height in pixels": _spread(h for _, h in sizes)}
    }


def _sounds(shown: Mapping[Split, Sequence[Media]], folder: Path) -> dict[str, Any]:
    seconds: list[float] = []
    frames: list[float] = []
    rates: Counter[str] = Counter()
    features: Counter[str] = Counter()
    for media in _all(shown):
        file = folder / media.path
        if file.suffix == ".npy":
            values = read_frames(file)
            frames.append(values.shape[0])
            features[str(values.shape[1])] += 1
        else:
            samples, rate = read_sound(file)
            seconds.append(samples.size / rate)
            rates[f"{rate} Hz"] += 1
    spreads = {"frames": frames, "seconds": seconds}
    counts = {"features of a frame": features, "sampling rates (models resample)": rates}
    return {
        "spreads": {name: _spread(iter(values)) for name, values in spreads.items() if values},
        "counts": {name: dict(sorted(found.items())) for name, found in counts.items() if found},
    }


def _tables(shown: Mapping[Split, Sequence[Media]], folder: Path) -> dict[str, Any]:
    rows = {split: [read_row(folder / media.path) for media in files] for split, files in shown.items()}
    names = list(dict.fromkeys(name for several in rows.values() for row in several for name in row))
    texts = {name for several in rows.values() for row in several for name in names if isinstance(row.get(name), str)}
    learnt = {name: {row.get(name) for row in rows["train"]} - {None} for name in names}
    return {
        "numeric": len(names) - len(texts),
        "categories": len(texts),
        "cells": {split: len(several) * len(names) for split, several in rows.items()},
        "missing": {
            split: sum(row.get(name) is None for row in several for name in names) for split, several in rows.items()
        },
        "constant": [name for name in names if len(learnt[name]) < 2],
        "unseen": _unseen(
            [row for split, several in rows.items() if split != "train" for row in several], learnt, texts
        ),
    }


def _unseen(held_out: Sequence[Mapping[str, Cell]], learnt: Mapping[str, set[Cell]], texts: set[str]) -> dict[str, int]:
    """Column of categories -> held-out values that training does not have."""
    found = Counter(
        name for row in held_out for name in texts if (value := row.get(name)) is not None and value not in learnt[name]
    )
    return dict(sorted(found.items()))


def _all(shown: Mapping[Split, Sequence[Media]]) -> list[Media]:
    return _different([media for files in shown.values() for media in files])


def _different(files: Sequence[Media]) -> list[Media]:
    return list({media.sha256: media for media in files}.values())


def _spread(values: Iterator[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "min": round(ordered[0], 3),
        "median": round(statistics.median(ordered), 3),
        "max": round(ordered[-1], 3),
    }


def _named(names: Sequence[str] | Mapping[str, int]) -> str:
    listed = [shortened(name, most=40) for name in names]
    more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
    return ", ".join(listed[:NAMED]) + more
