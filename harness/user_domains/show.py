"""`harness domain show NAME` and `harness domain list`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.config.domain import Domain
from harness.config.folds import folds_of
from harness.config.project import Project
from harness.display.numbers import UNKNOWN
from harness.display.plain_text import plain
from harness.errors import ConfigError
from harness.items.item import SPLITS

if TYPE_CHECKING:
    from rich.console import Console

TASKS = ("classify", "answer", "describe", "unanswerable", "grounded", "translate", "claims", "objects", "compare")
"""Keys of a domain file that define tasks."""
CARD_FILE, FACTS_FILE = "card.md", "domain.json"
CARD_WIDTH = 100
"""Most columns of the terminal that the card uses."""


def show(project: Project, name: str, console: Console) -> None:
    """Print the data card; before the domain is prepared, the facts of its file. Of a domain with folds, the card is
    that of the first fold.

    Raises:
        ConfigError: there is no such domain.
    """
    from rich.text import Text

    domain, shown = project.domain(name), _shown(project, name)
    card = project.prepared_folder(shown) / CARD_FILE
    if not card.is_file():
        for line in file_lines(project, name, domain):
            console.print(Text(line), soft_wrap=True)
        return
    if shown != name:
        folds = folds_of(project, name)
        console.print(f"{name} has {len(folds)} folds; this is the card of the first, {shown}", soft_wrap=True)
    text = "\n".join(plain(line) for line in card.read_text(encoding="utf-8").split("\n"))
    if console.is_terminal:
        from rich.markdown import Markdown

        console.print(Markdown(text, hyperlinks=False), width=min(console.width, CARD_WIDTH))
    else:
        console.print(Text(text), end="", soft_wrap=True)


def show_json(project: Project, name: str) -> str:
    """The domain's file, its source and, if it is prepared, the content of domain.json, as JSON. Of a domain with
    folds, the latter is that of the first fold.

    Raises:
        ConfigError: there is no such domain.
    """
    domain = project.domain(name)
    source = project.sources.get(domain.source)
    content = {
        "name": name,
        "active": is_active(project, name),
        "file": domain.model_dump(mode="json", exclude_none=True),
        "source": source.model_dump(mode="json", exclude_none=True) if source else None,
        "folds": folds_of(project, name),
        "prepared": _facts(project, _shown(project, name)),
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def file_lines(project: Project, name: str, domain: Domain) -> Iterator[str]:
    """The facts of a domain that is not prepared."""
    source = project.sources.get(domain.source)
    yield plain(f"{domain.title}: {domain.summary}")
    credit = f"{source.origin} ({source.licence})" if source else "missing in data/sources.yaml"
    yield plain(f"source: {domain.source}, {credit}")
    yield f"language: {domain.language}"
    yield f"tasks: {', '.join(tasks_of(domain)) or 'none'}"
    yield f"splits: {_splits(domain)}"
    yield f"in params.yaml: {is_active(project, name)}"
    yield f"not prepared: run `dvc repro prepare`; then `harness domain show {name}` prints the data card"


def show_list(project: Project, console: Console) -> None:
    """Print one row per domain.

    Raises:
        ConfigError: the file of a domain is invalid.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for name in COLUMNS:
        table.add_column(name, overflow="fold", no_wrap=name == "domain")
    for row in list_rows(project):
        table.add_row(*(Text(plain(cell)) for cell in row))
    console.print(table)


COLUMNS = ("domain", "title", "source", "licence", "prepared", "train/validation/test", "tasks", "params.yaml")


def list_rows(project: Project) -> list[tuple[str, ...]]:
    """One row per domain, by name, with a cell for each of COLUMNS. The folds of a domain are one row."""
    rows: list[tuple[str, ...]] = []
    bases = project.bases_of_folds
    for name in project.domain_names:
        if name in bases:
            continue
        domain = project.domain(name)
        source = project.sources.get(domain.source)
        found = [_facts(project, one) for one in folds_of(project, name) or [name]]
        counts = _counts([one for one in found if one])
        prepared = "yes" if all(found) else "no"
        licence = source.licence if source else UNKNOWN
        tasks = ", ".join(tasks_of(domain))
        rows.append((name, domain.title, domain.source, licence, prepared, counts, tasks, is_active(project, name)))
    return rows


def _counts(facts: Sequence[Mapping[str, Any]]) -> str:
    """`168/24/48`; for folds, `5 folds of 173/19/48`, the items of the first."""
    if not facts:
        return UNKNOWN
    counts = "/".join(str(facts[0]["card"]["items"][split]) for split in SPLITS)
    return f"{len(facts)} folds of {counts}" if len(facts) > 1 else counts


def _splits(domain: Domain) -> str:
    splits = domain.splits
    if splits.folds:
        return f"{splits.folds} folds, each of which is tested once"
    return f"validation {splits.validation}, test {splits.test}, all other items for training"


def _shown(project: Project, name: str) -> str:
    """The prepared domain that stands for the domain: its first fold, if it has folds."""
    return next(iter(folds_of(project, name)), name)


def tasks_of(domain: Domain) -> list[str]:
    """Names of the tasks in the domain's file."""
    return [task for task in TASKS if getattr(domain, task) is not None]


def is_active(project: Project, name: str) -> str:
    """How params.yaml uses the domain; of a domain with folds, the first fold."""
    name = _shown(project, name)
    if name in project.params.learnt_domains:
        return "recipes run on it"
    return "prepared only" if name in project.params.prepared_domains else "not used"


def _facts(project: Project, name: str) -> dict[str, Any] | None:
    path: Path = project.prepared_folder(name) / FACTS_FILE
    if not path.is_file():
        return None
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        what = "the file is not valid JSON"
        raise ConfigError(what, where=str(path), hint=f"run `harness prepare {name}`") from None
    return content
