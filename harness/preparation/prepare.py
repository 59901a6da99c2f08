"""Verb `prepare`: collected items -> data/prepared/<domain>/: decontaminated, as views, with a data card.

data/items/<domain>   --> training items, less what nearly repeats anything held out --> views, card
data/items/<others>   --> held-out texts --^
data/questions        --> their texts -----^
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.config.project import Project
from harness.domains.collected import FACTS_FILE, CollectedDomain
from harness.domains.leaks import NEAR, compared_texts, near_duplicates
from harness.domains.views.contract import Content
from harness.domains.views.registry import MAIN, VIEWS
from harness.errors import DataError
from harness.items.item import SPLITS
from harness.items.prepared import LEARNT_FROM, VIEWS_FILE
from harness.items.rows import content_hash, write_rows
from harness.preparation import card
from harness.runtime.atomic_output import atomic_folder
from harness.suites.questions_on_disk import asked_texts

OWN = "its own validation and test items"


def prepare(project: Project, name: str) -> dict[str, Any]:
    """Write the prepared domain and return the content of its domain.json.

    Raises:
        ConfigError: the domain is unknown.
        DataError: its items are not collected, or nothing is left to learn from.
    """
    domain, collected = project.domain(name), CollectedDomain.open(project.items_folder(name))
    where = f"data/domains/{name}.yaml"
    texts = compared_texts(collected.items)
    train = {name: several for name, several in texts.items() if collected.split[name] == "train"}
    leaks = near_duplicates(train, held_out_texts(project, collected), near=NEAR)
    leaked = set().union(*leaks.values())
    items = [item for item in collected.items if item.id not in leaked]
    content = Content(items, collected.split, domain)
    check_splits(content, where=where)
    check_labels(content.labels, where=where, classified=domain.classify is not None)
    facts: dict[str, Any] = {
        "name": name,
        "labels": list(content.labels),
        "language": domain.language,
        "removed": {
            **collected.facts["removed"],
            "near_duplicates": len(leaked),
            "near_duplicates_of": {origin: len(ids) for origin, ids in leaks.items() if ids},
            "near_threshold": NEAR,
        },
        "notes": collected.facts["notes"],
        "card": card.describe(items, collected.split),
        "views": {},
    }
    with atomic_folder(project.prepared_folder(name)) as folder:
        for view_name, view in VIEWS.items():
            rows = view.build(content)
            if rows:
                write_rows(view.row, rows, folder / "views" / f"{view_name}.parquet")
                per_split = {split: sum(row.split == split for row in rows) for split in SPLITS}
                facts["views"][view_name] = {"rows": per_split, "sha256": content_hash(rows)}
        facts["main_view"] = next((view for view in MAIN if view in facts["views"]), None)
        _write_json(facts, folder / "domain.json")
        _write_json({key: facts[key] for key in LEARNT_FROM}, folder / VIEWS_FILE)
        page = card.page(domain, facts, collected.facts["origin"])
        (folder / "card.md").write_text(page, encoding="utf-8")
    return facts


def _write_json(facts: Mapping[str, Any], path: Path) -> None:
    path.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def held_out_texts(project: Project, own: CollectedDomain) -> dict[str, list[str]]:
    """Origin -> all texts that a suite may ask: of this domain, of every other one in use, of all suites.

    What an earlier choice of domains left in data/items does not count, or a fresh checkout would give other rows.
    """
    found = {OWN: _held_out(own)}
    for path in sorted(project.root.glob(f"data/items/*/{FACTS_FILE}")):
        other = path.parent.name
        if other != own.name and other in project.params.prepared_domains:
            found[f"domain {other}"] = _held_out(CollectedDomain.open(path.parent))
    suites = asked_texts(project.questions_folder, project.question_sets)
    return {**found, **{f"suite {suite}": texts for suite, texts in suites.items()}}


def _held_out(collected: CollectedDomain) -> list[str]:
    texts = compared_texts(collected.items)
    return [text for name, several in texts.items() if collected.split[name] != "train" for text in several]


def check_splits(content: Content, *, where: str) -> None:
    """Refuse a domain whose training items all repeat held-out ones.

    Raises:
        DataError: a split is empty.
    """
    for split, items in content.by_split.items():
        if not items:
            raise DataError(
                f"no {split} item is left after near-duplicates were removed",
                where=where,
                hint="give a `cluster` column, so that texts of one origin stay in one split",
            )


def check_labels(labels: Sequence[str], *, where: str, classified: bool) -> None:
    """Refuse labels that cannot be told apart by a model that writes them.

    Raises:
        DataError: the domain classifies and has fewer than two classes; a label that is empty, spans lines, has
            outer spaces, or contains a marker of chat turns.
    """
    if classified and len(labels) < 2:
        raise DataError(
            f"all items have the same label {labels[0]!r}" if labels else "there are no labels",
            where=where,
            expected="at least two classes",
            hint="a task with one answer needs no model; check which column is the label",
        )
    for label in labels:
        if not label.strip() or label != label.strip():
            raise DataError(f"the label {label!r} is empty or has spaces around it", where=where)
        if "\n" in label or "<|" in label or "|>" in label:
            raise DataError(
                f"the label {label!r} contains a line break or a chat marker, which separate the turns of a prompt",
                where=where,
                hint="rename it in `classify.label_names`",
            )
