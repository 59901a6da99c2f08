"""Collect a domain: its source -> data/items/<domain>/, items without duplicates, each in one split."""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.config.domain import Domain
from harness.config.folds import folds_of
from harness.config.project import Project
from harness.domains.collected import CollectedDomain
from harness.domains.duplicates import deduplicate
from harness.domains.folds import assign_fold, with_joined_near_duplicates
from harness.domains.shown_files import with_joined_files
from harness.domains.splits import assign_splits
from harness.errors import ConfigError, DataError
from harness.items.item import Built, Item, Note
from harness.items.media_item import MediaBuilt, MediaItem, media_shown
from harness.runtime.atomic_output import atomic_folder


def collect(project: Project, name: str) -> CollectedDomain:
    """Build the items, drop duplicates, assign splits, and write the result.

    Raises:
        ConfigError: the domain or its source is unknown, or the domain is split in folds.
        DataError: the source lacks data that a task of the domain needs, or items show other files than it says.
    """
    domain = project.domain(name)
    refuse_whole(project, name)
    project.source(domain.source)  # so that an unknown source is reported as such, and not as a missing folder
    source, where = project.source_folder(domain.source), f"data/domains/{name}.yaml"
    builder = importlib.import_module(f"harness.domains.builders.{domain.builder}")
    built: Built = builder.build(source, domain.options)
    items = [_renamed(item, domain) for item in built.items]
    check_items(items, where=where)
    check_media(items, domain, where=where)
    check_tasks(items, domain, where=where)
    unique = deduplicate(items)
    joined = in_joined_clusters(unique.items, domain)
    split = assign_fold(joined, domain.splits, domain.fold) if domain.fold else assign_splits(joined, domain.splits)
    kept = [item for item in joined if item.id in split]
    facts: dict[str, Any] = {
        "name": name,
        "origin": _origin(source),
        "notes": [
            {"what": note.what, "count": note.count}
            for note in [*built.notes, *_joined(unique.items, joined, domain)]
            if note.count
        ],
        "removed": {
            "duplicates": unique.duplicates,
            "contradictions": unique.contradictions,
            "merged": unique.merged,
            "given_split_leaks": unique.given_split_leaks,
            "set_aside": len(unique.items) - len(kept),
        },
        **({"media": domain.media} if domain.media else {}),
    }
    collected = CollectedDomain(name, kept, split, facts)
    with atomic_folder(project.items_folder(name)) as folder:
        collected.write(folder, built.files if isinstance(built, MediaBuilt) else None)
    return collected


def refuse_whole(project: Project, name: str) -> None:
    """Refuse to prepare a domain that is prepared as its folds.

    Raises:
        ConfigError: the domain is split in folds.
    """
    if project.domain(name).is_split_in_folds:
        raise ConfigError(
            f"{name} is split in folds, which are prepared in its place",
            where=f"data/domains/{name}.yaml: splits.folds",
            expected=f"one of {', '.join(folds_of(project, name)) or 'its folds'}",
            hint=f"`harness domain folds {name}` writes the files of the folds",
        )


def in_joined_clusters(items: Sequence[Item], domain: Domain) -> list[Item]:
    """The items, where items that must not be in two splits share a cluster.

    These are items that show the same file and, in a fold of texts, items that nearly repeat each other.
    """
    if domain.media:
        return with_joined_files(items)
    return with_joined_near_duplicates(items) if domain.fold else list(items)


def _joined(before: Sequence[Item], after: Sequence[Item], domain: Domain) -> list[Note]:
    """How many items share a cluster with others now."""
    moved = sum(one.cluster != other.cluster for one, other in zip(before, after, strict=True))
    if domain.media:
        return [Note("items show the same file as another item; they share its cluster", moved)]
    return [Note("items nearly repeat another item; they share its cluster, so that one fold holds both", moved)]


def check_items(items: Sequence[Item], *, where: str) -> None:
    """Refuse items that cannot be split or learned from.

    Raises:
        DataError: there is no item, a text is empty, or an id occurs twice.
    """
    if not items:
        raise DataError("the builder made no item from the source", where=where, hint="check `builder` and `source`")
    seen: set[str] = set()
    for item in items:
        if not item.text.strip():
            raise DataError(f'item "{item.id}" has no text', where=where)
        if item.id in seen:
            raise DataError(f'the id "{item.id}" occurs twice', where=where, hint="ids must be unique in a domain")
        seen.add(item.id)


def check_media(items: Sequence[Item], domain: Domain, *, where: str) -> None:
    """Refuse items that show other files than the domain's file says.

    Raises:
        DataError: an item shows nothing though `media` is set, shows a file though it is not set, or another kind.
    """
    for item in items:
        kinds = {media.kind for media in media_shown(item)}
        if kinds != ({domain.media} if domain.media else set()):
            shown = " and ".join(sorted(kinds)) or "no file"
            hint = "set `media` to what the builder makes: image, audio, table or null"
            raise DataError(f'item "{item.id}" shows {shown}, and `media` is {domain.media}', where=where, hint=hint)


def check_tasks(items: Sequence[Item], domain: Domain, *, where: str) -> None:
    """Refuse tasks that no item has the data for.

    Raises:
        DataError: no item has what a task of the domain needs.
    """
    served = {
        "classify": any(item.label is not None for item in items),
        "claims": any(item.label is not None for item in items),
        "answer": any(item.answer is not None for item in items),
        "describe": any(item.code is not None for item in items),
        "unanswerable": any(item.missing_code is not None for item in items),
        "grounded": any(_grounds(item, domain) for item in items),
        "translate": any(item.foreign_text is not None for item in items),
        "compare": any(item.answer is not None and item.wrong_answers for item in items),
        "objects": any(isinstance(item, MediaItem) and item.properties for item in items),
    }
    for task, has in served.items():
        if getattr(domain, task) is not None and not has:
            raise DataError(
                f"the domain declares the task `{task}`, but no item has the data for it",
                where=where,
                hint=f"remove `{task}`, or check `builder`, `source` and `options`",
            )


def _grounds(item: Item, domain: Domain) -> bool:
    """Whether an extract can contain the item: as a code with its description, or as an answer."""
    by_code = domain.grounded is not None and "{code}" in domain.grounded.prompt
    return (item.code if by_code else item.answer) is not None


def _renamed(item: Item, domain: Domain) -> Item:
    names = domain.classify.label_names if domain.classify else {}
    if not names or item.label is None:
        return item
    if item.label not in names:
        raise DataError(
            f'the label "{item.label}" of item "{item.id}" is not in label_names',
            where="classify.label_names",
            hint="add a line for it, or remove label_names to use the labels as they are",
        )
    return replace(item, label=names[item.label])


def _origin(source: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((source / "ORIGIN.json").read_text(encoding="utf-8"))
    return {key: content[key] for key in ("origin", "licence")}
