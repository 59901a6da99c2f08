"""Verb `prepare`: a domain's source -> data/prepared/<domain>/."""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.config.domain import Domain
from harness.config.project import Project
from harness.domains import card
from harness.domains.items import Item, content_hash, write_rows
from harness.domains.leaks import NEAR, deduplicate, near_duplicates_in_train
from harness.domains.splits import assign_splits
from harness.domains.views import VIEWS
from harness.errors import DataError
from harness.pipeline.atomic_output import atomic_folder
from harness.pipeline.parent_watch import exit_with_parent


def main(argv: Sequence[str]) -> int:
    """`harness prepare DOMAIN`."""
    parser = argparse.ArgumentParser(prog="harness prepare", description=__doc__)
    parser.add_argument("domain", help="name of a file in data/domains/")
    options = parser.parse_args(argv)
    exit_with_parent()
    facts = prepare(Project.here(), options.domain)
    counts = ", ".join(f"{name} {count}" for name, count in facts["card"]["items"].items())
    print(f"prepared {options.domain}: {counts}, {len(facts['labels'])} labels, views {', '.join(facts['views'])}")
    return 0


def prepare(project: Project, name: str) -> dict[str, Any]:
    """Write the prepared domain and return the content of its domain.json.

    Raises:
        ConfigError: the domain or its source is unknown.
        DataError: the source does not give a usable classification task.
    """
    domain = project.domain(name)
    project.source(domain.source)  # an unknown source is told before its folder is missed
    source = project.source_folder(domain.source)
    builder = importlib.import_module(f"harness.domains.builders.{domain.builder}")
    items = [_renamed(item, domain) for item in builder.build(source, domain.options)]
    check_items(items, where=f"data/domains/{name}.yaml")
    unique = deduplicate(items)
    split = assign_splits(unique.items, domain.splits)
    used = [item for item in unique.items if item.id in split]
    leaked = near_duplicates_in_train(used, split)
    items = [item for item in used if item.id not in leaked]
    check_labels([item.label for item in items], where=f"data/domains/{name}.yaml")
    facts: dict[str, Any] = {
        "name": name,
        "labels": sorted({item.label for item in items}),
        "removed": {
            "duplicates": unique.duplicates,
            "contradictions": unique.contradictions,
            "near_duplicates": len(leaked),
            "near_threshold": NEAR,
            "set_aside": len(unique.items) - len(used),
        },
        "card": card.describe(items, split),
        "views": {},
    }
    with atomic_folder(project.prepared_folder(name)) as folder:
        write_rows(items, folder / "items.parquet")
        for view, build in VIEWS.items():
            questions = build(items, split, domain)
            if questions:
                write_rows(questions, folder / "views" / f"{view}.parquet")
                facts["views"][view] = {"questions": len(questions), "sha256": content_hash(questions)}
        (folder / "domain.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        (folder / "card.md").write_text(card.page(domain, facts, _origin(source)), encoding="utf-8")
    return facts


def check_items(items: Sequence[Item], *, where: str) -> None:
    """Refuse what no split or method could use.

    Raises:
        DataError: no item, an empty text, a repeated id.
    """
    if not items:
        raise DataError("the source gives no item", where=where, hint="check `builder` and `source`")
    seen: set[str] = set()
    for item in items:
        if not item.text.strip():
            raise DataError(f'item "{item.id}" has no text', where=where)
        if item.id in seen:
            raise DataError(f'the id "{item.id}" occurs twice', where=where, hint="ids must be unique in a domain")
        seen.add(item.id)


def check_labels(labels: Sequence[str], *, where: str) -> None:
    """Refuse labels that cannot be told apart by a model that writes them.

    Raises:
        DataError: fewer than two classes; a label that is empty, spans lines, has outer spaces, or
            contains a marker of chat turns.
    """
    names = sorted(set(labels))
    if len(names) < 2:
        raise DataError(
            f"all {len(labels)} items have the same label {names[0]!r}" if names else "there are no labels",
            where=where,
            expected="at least two classes",
            hint="a task with one answer needs no model; check which column is the label",
        )
    for label in names:
        if not label.strip() or label != label.strip():
            raise DataError(f"the label {label!r} is empty or has spaces around it", where=where)
        if "\n" in label or "<|" in label or "|>" in label:
            raise DataError(
                f"the label {label!r} contains a line break or a chat marker, which separate the turns of a prompt",
                where=where,
                hint="rename it in `classify.label_names`",
            )


def _renamed(item: Item, domain: Domain) -> Item:
    names = domain.classify.label_names
    if not names:
        return item
    if item.label not in names:
        raise DataError(
            f'the label "{item.label}" of item "{item.id}" has no name',
            where="classify.label_names",
            hint="add a line for it, or remove label_names to use the labels as they are",
        )
    return Item(id=item.id, text=item.text, label=names[item.label], cluster=item.cluster)


def _origin(source: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((source / "ORIGIN.json").read_text(encoding="utf-8"))
    return content
