"""Put a base model into params.yaml, and declare it or forget it: which files change, and how."""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from harness.check.needed_sources import needed_sources
from harness.config.declared_base import DeclaredBase
from harness.config.edits.yaml_edit import YamlEdit, add_to_list, remove_from_list, yaml_text
from harness.config.params import Params
from harness.config.project import Project
from harness.config.source import HubSource, PathSource
from harness.user_domains.registration import Change

FOLDER = "data/base_models"
NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
"""What may be the name of a base model: boards show it, and it names a file."""


def source_name(name: str) -> str:
    """The name of the model's source: `Qwen2.5-7B` -> `qwen2_5-7b`."""
    return re.sub(r"[^\w-]", "_", name).lower()


def declared_path(root: Path, name: str) -> Path:
    """Where a declared base model is described."""
    return root / FOLDER / f"{name}.yaml"


def declared(name: str, base: DeclaredBase, source: HubSource | PathSource, *, root: Path) -> list[Change]:
    """data/base_models/<name>.yaml, and data/sources.yaml with the source."""
    sources = YamlEdit(root / "data/sources.yaml")
    entry = sources.content["sources"].setdefault(base.model.source, CommentedMap())
    entry.clear()
    values = source.model_dump(exclude_none=True, exclude_defaults=True) | {"kind": source.kind}
    keys = ("kind", "repo", "path", "revision", "sha256", "files", "licence", "origin")
    entry.update({key: list(values[key]) if key == "files" else values[key] for key in keys if key in values})
    content = CommentedMap({"role": base.role, "model": CommentedMap(base.model.model_dump(exclude_defaults=True))})
    text = f"# Added by `harness base add`; `harness base use {name}` puts it into params.yaml.\n{yaml_text(content)}"
    return [Change(declared_path(root, name), text), Change(sources.path, sources.text())]


def forgotten(project: Project, name: str, base: DeclaredBase) -> list[Change]:
    """The file of the declared base is deleted, and its source too if no other declared base or domain names it."""
    changes = [Change(declared_path(project.root, name), None)]
    others = {one.model.source for other, one in project.declared_bases.items() if other != name}
    others |= {project.domain(domain).source for domain in project.domain_names}
    others |= {spec.source for spec in project.params.base_models.values()}
    sources = YamlEdit(project.root / "data/sources.yaml")
    if base.model.source not in others and sources.content["sources"].pop(base.model.source, None) is not None:
        changes.append(Change(sources.path, sources.text()))
    return changes


def used(project: Project, base: DeclaredBase) -> Change:
    """params.yaml with the model in its role. A source that nothing needs any longer leaves the list."""
    edit = YamlEdit(project.root / "params.yaml")
    models = edit.content["base_models"]
    entry = CommentedMap(base.model.model_dump(exclude_defaults=True))
    before = models.get(base.role)
    if before is None:
        models.insert(0, base.role, entry)  # first, because comments after the mapping belong to its last entry
    else:
        for key in [key for key in before if key not in entry]:
            del before[key]
        before.ca.items.clear()  # comments on the earlier model's lines
        before.update(entry)
    add_to_list(edit.content, "base_roles", base.role)
    add_to_list(edit.content, "sources", base.model.source)
    specs = {**project.params.base_models, base.role: base.model}
    needed = needed_sources(project, project.params.model_copy(update={"base_models": specs}))
    for unneeded in [name for name in project.params.sources if name not in needed and name != base.model.source]:
        remove_from_list(edit.content, "sources", unneeded)
    return Change(edit.path, edit.text())


def is_used(params: Params, base: DeclaredBase) -> bool:
    """Whether params.yaml names this very model in its role."""
    return params.base_models.get(base.role) == base.model
