"""Add a domain to params.yaml and data/sources.yaml, or remove it; either all files change or none."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from harness.check.problems import problems
from harness.config.complaints import below, counted, gathered
from harness.config.edits.yaml_edit import YamlEdit, add_to_list, remove_from_list
from harness.config.project import Project
from harness.config.source import PathSource
from harness.errors import ConfigError, HarnessError
from harness.pipeline.generated_section import first_difference, write_section
from harness.runtime.atomic_output import atomic_file


@dataclass(frozen=True)
class Change:
    """A file and its new content."""

    path: Path
    text: str | None
    """None: the file is deleted."""


def with_domain(
    root: Path,
    name: str,
    *,
    source_name: str,
    source: PathSource,
    skip: str | None,
    family: str | None = None,
    folds: Sequence[str] = (),
    outdated: Sequence[str] = (),
) -> list[Change]:
    """data/sources.yaml with the source added, and params.yaml with the domain added, or its folds in its place.

    `family`: the only family whose recipes run on it (`domains_of` in params.yaml); null: all families (`domains`).

    `outdated`: names that leave params.yaml, such as folds that the domain does not have any more.

    `skip`: why no recipe can learn the domain; then it is only prepared. A domain that the user has put under `skip` in
    params.yaml stays there.
    """
    sources, params = YamlEdit(root / "data/sources.yaml"), YamlEdit(root / "params.yaml")
    entry = sources.content["sources"].setdefault(source_name, CommentedMap())
    values = source.model_dump(exclude_none=True)
    entry.update({key: values[key] for key in ("kind", "path", "sha256", "licence", "origin") if key in values})
    content, key = params.content, f"domain/{name}"
    add_to_list(content, "sources", source_name)
    listed = folds or [name]
    for one in listed:
        add_to_list(content, "prepared_domains", one)
    is_skipped = key in (content.get("skip") or {})
    if skip is None and not is_skipped:
        learnt = content if family is None else _mapping(content, "domains_of")
        learnt.setdefault(family or "domains", CommentedSeq())
        for one in listed:
            add_to_list(learnt, family or "domains", one)
    for one in outdated:
        _remove(content, one, "domains", "prepared_domains")
    if skip is not None:
        _remove(content, name, "domains")
        noted = _mapping(content, "skip")
        if not is_skipped:
            noted.insert(0, key, skip)  # first, because comments after the mapping belong to its last entry
    return [Change(sources.path, sources.text()), Change(params.path, params.text())]


def without_domain(root: Path, name: str, *, source_name: str | None, folds: Sequence[str] = ()) -> list[Change]:
    """params.yaml without the domain and its folds. Unless `source_name` is None, both files also lose the source."""
    sources, params = YamlEdit(root / "data/sources.yaml"), YamlEdit(root / "params.yaml")
    for one in (name, *folds):
        _remove(params.content, one, "domains", "prepared_domains")
    (params.content.get("skip") or {}).pop(f"domain/{name}", None)
    changes = []
    if source_name is not None:
        remove_from_list(params.content, "sources", source_name)
        if sources.content["sources"].pop(source_name, None) is not None:
            changes.append(Change(sources.path, sources.text()))
    return [*changes, Change(params.path, params.text())]


def _mapping(content: CommentedMap, key: str) -> CommentedMap:
    """The mapping of a key of params.yaml, which may be missing."""
    if content.get(key) is None:
        content[key] = CommentedMap()
    found: CommentedMap = content[key]
    return found


def _remove(content: CommentedMap, name: str, *keys: str) -> None:
    """Take a domain out of lists of params.yaml; with `domains` also out of the lists of families and few recipes."""
    for key in keys:
        remove_from_list(content, key, name)
    if "domains" in keys:
        (content.get("recipes_on") or {}).pop(name, None)
    for family in list(content.get("domains_of") or {}) if "domains" in keys else ():
        remove_from_list(content["domains_of"], family, name)


def write_all(project: Project, changes: Sequence[Change]) -> int:
    """Write the changes and check the whole configuration; returns the number of older problems.

    A dvc.yaml that was up to date is brought up to date again: some of its stages name domains with files.

    Raises:
        ConfigError: the changes cause a new problem, or a file is read-only. All files then have their old content.
    """
    for change in changes:
        _check_writable(change.path)
    was_current = _is_current(project)
    with _restored_on_failure([*(change.path for change in changes), project.root / "dvc.yaml"]) as restore:
        _apply(project, changes, with_stages=was_current)
        found = problems(Project(project.root))
        if found:  # are they older than the changes?
            restore()
            earlier = {_identity(problem) for problem in problems(Project(project.root))}
            new = [problem for problem in found if _identity(problem) not in earlier]
            if new:
                details = "\n".join(below(project.root, str(problem)) for problem in new)
                raise ConfigError(f"this would cause {counted(len(new), 'problem')}, so nothing was changed\n{details}")
            _apply(project, changes, with_stages=was_current)
    return len(found)


def _apply(project: Project, changes: Sequence[Change], *, with_stages: bool) -> None:
    """Write the changes and, where `with_stages`, the stages of the families in dvc.yaml."""
    for change in changes:
        _write(change)
    if with_stages:
        with gathered([]):  # what is wrong is reported by `write_all`
            write_section(Project(project.root))


def _is_current(project: Project) -> bool:
    """Whether the stages of the families in dvc.yaml fit recipes/ and params.yaml."""
    difference: int | None = 0
    with gathered([]):  # a broken tree is reported by `write_all`
        difference = first_difference(Project(project.root))
    return difference is None


def _identity(problem: HarnessError) -> tuple[str, str]:
    """What is wrong in which file, without the line, which may have moved."""
    return problem.what, re.sub(r":\d+$", "", problem.where or "")


def _check_writable(path: Path) -> None:
    """Refuse to replace a read-only file, even if its folder is writable."""
    folder = next(parent for parent in path.resolve().parents if parent.exists())
    for place in (path, folder):
        if place.exists() and not os.access(place, os.W_OK):
            hint = "nothing was changed; check the permissions"
            raise ConfigError("this path is read-only", where=str(place), hint=hint)


def _write(change: Change) -> None:
    if change.text is None:
        change.path.unlink(missing_ok=True)
        return
    _replace(change.path, change.text.encode("utf-8"))


def _replace(path: Path, content: bytes) -> None:
    """Replace the content. A link stays a link, and the permissions stay."""
    target = path.resolve()
    with atomic_file(target) as working:
        working.write_bytes(content)
        if target.exists():
            shutil.copymode(target, working)


@contextmanager
def _restored_on_failure(paths: Sequence[Path]) -> Iterator[Callable[[], None]]:
    """Restore the files if the block ends with an exception (Ctrl-C included). What is given restores them, too."""
    before: Mapping[Path, bytes | None] = {path: path.read_bytes() if path.is_file() else None for path in paths}

    def restore() -> None:
        for path, content in before.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                _replace(path, content)

    try:
        yield restore
    except BaseException:
        restore()
        raise
