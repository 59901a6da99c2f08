"""Prepare a domain: remove leaked training items, and write views and a data card into data/prepared/<domain>/.

data/items/<domain>   --> training items, without those that nearly repeat a held-out text --> views, card
data/items/<others>   --> held-out texts --^
data/questions        --> texts of suites -^
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.config.project import Project
from harness.domains.collected import FACTS_FILE, CollectedDomain
from harness.domains.leaks import NEAR, compared_texts, near_duplicates
from harness.domains.shown_files import file_leaks
from harness.domains.views.contract import Content
from harness.domains.views.media import OF_MEDIA, with_media
from harness.domains.views.registry import MAIN, VIEWS
from harness.errors import DataError
from harness.items.item import SPLITS
from harness.items.media_item import files_of
from harness.items.prepared import LEARNT_FROM, VIEWS_FILE
from harness.items.rows import content_hash, write_rows
from harness.preparation import card, media_card
from harness.preparation.slices import prepare_slice
from harness.runtime.atomic_output import atomic_folder
from harness.suites.questions_on_disk import asked_texts

OWN = "its own validation and test items"
SUITE = "suite "
"""Start of the origin of texts that a suite asks."""


def prepare(project: Project, name: str) -> dict[str, Any]:
    """Write the prepared domain, or the slice of this name, and return the content of its domain.json.

    Raises:
        ConfigError: the domain is unknown.
        DataError: the domain is not collected, a split is empty, or a label cannot be used.
    """
    if name in project.params.slices:
        return prepare_slice(project, name)
    domain, collected = project.domain(name), CollectedDomain.open(project.items_folder(name))
    leaks = _file_leaks(project, collected) if domain.media else _leaks(project, collected)
    leaked = set().union(*leaks.values())
    content = Content([item for item in collected.items if item.id not in leaked], collected.split, domain)
    where = f"data/domains/{name}.yaml"
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
            "near_threshold": None if domain.media else NEAR,
        },
        "notes": collected.facts["notes"],
        "card": card.describe(content.items, collected.split),
    }
    items_folder = project.items_folder(name)
    if domain.media:
        facts["card"]["media"] = media_card.describe(content.items, collected.split, items_folder, kind=domain.media)
    with atomic_folder(project.prepared_folder(name)) as folder:
        facts["views"] = _write_views(content, folder / "views")
        _copy_files(content, items_folder, folder)
        facts["main_view"] = next((view for view in MAIN if view in facts["views"]), None)
        _write_json(facts, folder / "domain.json")
        _write_json({key: facts[key] for key in LEARNT_FROM}, folder / VIEWS_FILE)
        page = card.page(domain, facts, collected.facts["origin"])
        (folder / "card.md").write_text(page, encoding="utf-8")
    return facts


def _leaks(project: Project, collected: CollectedDomain) -> dict[str, set[str]]:
    """Origin of held-out texts -> ids of the training items that nearly repeat one of them."""
    texts = compared_texts(collected.items)
    train = {name: several for name, several in texts.items() if collected.split[name] == "train"}
    held_out = held_out_texts(project, collected)
    leaks = near_duplicates(train, held_out, near=NEAR)
    # a suite may ask a question in the wording that the items of this domain share, so whole texts are compared too
    whole = {item.id: [item.text] for item in collected.items if item.id in train and item.text not in train[item.id]}
    suites = {origin: several for origin, several in held_out.items() if origin.startswith(SUITE)}
    for origin, names in near_duplicates(whole, suites, near=NEAR).items():
        leaks[origin] |= names
    return leaks


def _file_leaks(project: Project, collected: CollectedDomain) -> dict[str, set[str]]:
    """Origin of held-out items -> ids of the training items that show one of their files.

    The same question is asked about many files, so a text that is repeated is no leak.
    """
    split = collected.split
    held_out = {OWN: [item for item in collected.items if split[item.id] != "train"]}
    for origin, other in _other_domains(project, collected):
        if other.shows_media:
            held_out.setdefault(origin, []).extend(item for item in other.items if other.split[item.id] != "train")
    return file_leaks([item for item in collected.items if split[item.id] == "train"], held_out)


def _write_views(content: Content, folder: Path) -> dict[str, Any]:
    """Write every view that has rows; return its rows per split and its hash."""
    written: dict[str, Any] = {}
    for name, view in VIEWS.items():
        if content.domain.media and name not in OF_MEDIA:
            continue
        rows = with_media(view.build(content), content) if content.domain.media else view.build(content)
        if rows:
            write_rows(view.row, rows, folder / f"{name}.parquet")
            per_split = {split: sum(row.split == split for row in rows) for split in SPLITS}
            written[name] = {"rows": per_split, "sha256": content_hash(rows)}
    return written


def _copy_files(content: Content, items_folder: Path, folder: Path) -> None:
    """Copy the files that the items show from the collected domain."""
    for path in files_of(content.items):
        (folder / path).parent.mkdir(exist_ok=True)
        shutil.copyfile(items_folder / path, folder / path)


def _write_json(facts: Mapping[str, Any], path: Path) -> None:
    path.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def held_out_texts(project: Project, own: CollectedDomain) -> dict[str, list[str]]:
    """Origin -> all texts that a suite may ask: of this domain, of the other domains in use, and of all suites.

    Domains whose items show files are left out: `_file_leaks` compares those with each other.
    """
    found = {OWN: _held_out(own)}
    for origin, other in _other_domains(project, own):
        if not other.shows_media:  # their questions are about files, and a text alone is no item of them
            found[origin] = list(dict.fromkeys([*found.get(origin, []), *_held_out(other)]))
    suites = asked_texts(project.questions_folder, project.question_sets)
    return {**found, **{f"{SUITE}{suite}": texts for suite, texts in suites.items()}}


def _other_domains(project: Project, own: CollectedDomain) -> Iterator[tuple[str, CollectedDomain]]:
    """(origin, domain) of each other collected domain in use.

    Domains in data/items that params.yaml does not list are ignored. Otherwise a fresh checkout would give other rows.
    Folds of one domain train on each other's test items, which is what cross-validation is. To other domains, its folds
    are one domain.
    """
    bases = project.bases_of_folds
    for path in sorted(project.root.glob(f"data/items/*/{FACTS_FILE}")):
        other = path.parent.name
        if other == own.name or other not in project.params.prepared_domains:
            continue
        if other in bases and bases[other] == bases.get(own.name):
            continue
        yield f"domain {bases.get(other, other)}", CollectedDomain.open(path.parent)


def _held_out(collected: CollectedDomain) -> list[str]:
    texts = compared_texts(collected.items)
    return [text for name, several in texts.items() if collected.split[name] != "train" for text in several]


def check_splits(content: Content, *, where: str) -> None:
    """Refuse a domain with an empty split.

    Raises:
        DataError: a split is empty, for example because all training items nearly repeat held-out ones.
    """
    for split, items in content.by_split.items():
        if not items:
            raise DataError(
                f"no {split} item is left after near-duplicates were removed",
                where=where,
                hint="give a `cluster` column, so that related texts stay in one split",
            )


def check_labels(labels: Sequence[str], *, where: str, classified: bool) -> None:
    """Refuse labels that a model could not write unambiguously.

    Raises:
        DataError: the domain classifies and has fewer than two classes; or a label is empty, contains a line break, has
            spaces around it, or contains a chat marker.
    """
    if classified and len(labels) < 2:
        raise DataError(
            f"all items have the same label {labels[0]!r}" if labels else "there are no labels",
            where=where,
            expected="at least two classes",
            hint="check which column is the label",
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
