"""`harness base add NAME`: check a model, pin it, describe it, and let the recipes start from it.

--path FOLDER --.                                   .--> data/base_models/NAME.yaml, data/sources.yaml
--hub ID@REV ---+--> inspect --> plan memory -------+--> params.yaml, unless --no-use
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.config.declared_base import DeclaredBase
from harness.config.params import BaseModelSpec
from harness.config.project import Project
from harness.config.source import HubSource, PathSource
from harness.errors import ConfigError
from harness.sources.local_path import folder_hash, local_hashes
from harness.user_bases.hub_repository import open_repository
from harness.user_bases.inspection import Inspected, inspect_folder
from harness.user_bases.known import known_bases
from harness.user_bases.own_folder import FILES, own_folder
from harness.user_bases.planned_memory import memory_lines
from harness.user_bases.registration import NAME, declared, declared_path, source_name, used
from harness.user_bases.weights import Weights, read_weights, require_safetensors
from harness.user_domains.registration import write_all

DEFAULT_LICENCE = "LicenseRef-Proprietary"
"""SPDX identifier of a licence that is not on the SPDX list."""


@dataclass(frozen=True)
class Request:
    """The arguments of `harness base add`. Either `path` or `hub` is given."""

    name: str
    path: Path | None = None
    hub: str | None = None
    """`owner/name` or `owner/name@revision`."""
    role: str | None = None
    """Null: as the model's configuration says."""
    licence: str | None = None
    origin: str | None = None
    use: bool = True
    """Put the model into params.yaml as well."""
    replace: bool = False
    """Describe a model of this name anew."""


@dataclass(frozen=True)
class _Found:
    """A model that passed the checks."""

    inspected: Inspected
    source: HubSource | PathSource
    weights: Weights
    notes: tuple[str, ...]


def add(project: Project, request: Request) -> list[str]:
    """Check the model and write its files; returns what was found, what was written and what to run next.

    Raises:
        ConfigError: the name is taken or cannot be one, or the configuration would have a new problem.
        DataError, SourceError: the model cannot be used (docs/bases.md). Nothing is changed then.
    """
    _check_name(project, request)
    found = _local(project, request) if request.path else _remote(request)
    inspected = found.inspected
    spec = BaseModelSpec(name=request.name, source=source_name(request.name), format=inspected.format)
    base = DeclaredBase(role=inspected.role, model=spec)
    memory = memory_lines(project, inspected.config, role=inspected.role)
    changes = declared(request.name, base, found.source, root=project.root)
    write_all(project, [*changes, *([used(project, base)] if request.use else [])])
    return [*_facts(request, found), *memory, *_next(request, base)]


def _check_name(project: Project, request: Request) -> None:
    name = request.name
    if not NAME.fullmatch(name):
        expected = "letters, digits, `.`, `-` and `_`, such as Qwen2.5-7B-Instruct"
        raise ConfigError(f'"{name}" cannot be the name of a base model', where="NAME", expected=expected)
    taken = known_bases(project).get(name)
    replaces = request.replace and declared_path(project.root, name).is_file()
    if taken and not replaces:
        hint = "give another name" + (", or --replace to describe it anew" if taken.origin == "added" else "")
        raise ConfigError(f'there is a base model "{name}" already ({taken.origin})', where="NAME", hint=hint)
    if source_name(name) in project.sources and not replaces:
        what = f'data/sources.yaml has a source "{source_name(name)}" already'
        raise ConfigError(what, where="NAME", hint="give another name")


def _local(project: Project, request: Request) -> _Found:
    assert request.path is not None
    folder = own_folder(request.path, root=project.root)
    where = str(request.path)
    weights = read_weights(folder, where=where)
    inspected = inspect_folder(folder, role=request.role, weights=weights, where=where)
    root = project.root.resolve()
    inside = folder.is_relative_to(root)
    source = PathSource(
        kind="path",
        path=folder.relative_to(root).as_posix() if inside else str(folder),
        files=FILES,
        licence=request.licence or DEFAULT_LICENCE,
        origin=request.origin or f"{request.name}, a model of the user's own",
    )
    files = local_hashes(source, root=project.root, where=where)
    notes = () if inside else ("the folder is outside the project: without it, others cannot reproduce the results",)
    return _Found(inspected, source.model_copy(update={"sha256": folder_hash(files)}), weights, notes)


def _remote(request: Request) -> _Found:
    assert request.hub is not None
    where = f"--hub {request.hub}"
    found = open_repository(request.hub, licence=request.licence)
    if found.asked:
        safe = [name for name in found.names if name.endswith(".safetensors")]
        require_safetensors(safe, list(found.names), where=where)
        weights, notes = Weights(tuple(safe), 0), ("the weights are checked when `harness fetch` has downloaded them",)
    else:
        weights = Weights((), 0)
        notes = (
            "HF_HUB_OFFLINE is set: the commit comes from the hub's cache, and the list of weights is not checked",
        )
    inspected = inspect_folder(found.folder, role=request.role, weights=weights, where=where)
    source = HubSource(
        kind="hub",
        repo=found.repo,
        revision=found.revision,
        licence=found.licence or DEFAULT_LICENCE,
        origin=request.origin or f"{found.repo} on the Hugging Face hub",
    )
    return _Found(inspected, source, weights, notes)


def _facts(request: Request, found: _Found) -> Iterator[str]:
    one = found.inspected
    architecture = ", ".join(one.config.architectures or [one.config.model_type])
    yield f"{request.name}: {architecture}, role {one.role}, vocabulary of {one.tokens:,} tokens"
    if found.weights.bytes:
        yield f"weights: {len(found.weights.files)} safetensors, {found.weights.bytes / 1e6:,.0f} MB"
    if isinstance(found.source, HubSource):
        yield f"pinned: {found.source.repo} at commit {found.source.revision}"
    else:
        yield f"pinned: {found.source.path} by the sha256 of its files"
    if one.role != "encoder":
        yield (
            "chat template: the model's own"
            if one.chat_template
            else "chat template: none, so prompts are plain text: the question, then a line `Answer:`"
        )
    yield from (f"note: {note}" for note in found.notes)


def _next(request: Request, base: DeclaredBase) -> Iterator[str]:
    files = [f"data/base_models/{request.name}.yaml", "data/sources.yaml"]
    yield f"wrote {', '.join([*files, 'params.yaml'] if request.use else files)}"
    if not request.use:
        yield f"next: `harness base use {request.name}` lets the recipes start from it"
        return
    yield f"every recipe with the base {base.role} now starts from {request.name}; their results so far are stale"
    yield "next: `harness plan` shows what `dvc repro` will run; `dvc repro` runs it"
