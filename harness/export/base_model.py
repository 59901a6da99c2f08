"""The base model of an exported adapter: its name on the hub, or a copy beside the adapter."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.config.source import HubSource
from harness.training.adapters.base_identity import require_same_base
from harness.training.contract import LoadContext
from harness.training.registry import base_role, started_from
from harness.training.supervised_lm import SupervisedLM

COPY = "base"
"""Folder of the copy, beside the adapter's files."""


@dataclass(frozen=True)
class BaseReference:
    """What `from_pretrained` needs to find the base model."""

    path: str
    """A repository of the hub, or `base`: the folder inside the export."""
    revision: str | None = None
    """Commit of the repository; null for a folder."""


def place_base(project: Project, method: SupervisedLM, context: LoadContext, folder: Path) -> BaseReference:
    """Make the base model reachable from the adapter in `folder`: name it on the hub, or copy it into the export.

    The base of a run that continued another run is that run's model, with its adapter merged.

    Raises:
        DataError: the base here is not the one that the adapter was trained on.
        RunFailed: the adapter of the run before cannot be merged.
    """
    require_same_base(context, context.folder / method.saved_as)
    if started_from(context) is not None:
        start = method.start(context)
        start.model.config.name_or_path = ""
        start.model.save_pretrained(folder / COPY)
        start.tokenizer.save_pretrained(folder / COPY)
        return BaseReference(COPY)
    on_hub = hub_reference(project, context.recipe)
    if on_hub is None:
        assert context.base is not None  # require_same_base has read its weights
        shutil.copytree(context.base, folder / COPY)
    return on_hub or BaseReference(COPY)


def hub_reference(project: Project, recipe: Recipe) -> BaseReference | None:
    """Repository and commit of the recipe's base model; null if it was made or converted here."""
    role = base_role(recipe)
    if role is None:
        return None
    spec = project.params.base_models[role]
    source = project.source(spec.source)
    if isinstance(source, HubSource) and spec.format == "transformers" and spec.path == ".":
        return BaseReference(source.repo, source.revision)
    return None


def base_repository(project: Project, recipe: Recipe) -> str | None:
    """The repository on the hub that the recipe's base model comes from, in whatever form; null: from elsewhere."""
    role = base_role(recipe)
    source = project.source(project.params.base_models[role].source) if role else None
    return source.repo if isinstance(source, HubSource) else None
