"""The tower of a run: that of the run in the role `tower`, or the pretrained one of a role in `base_models`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from harness.config.recipe import Recipe
from harness.errors import DataError
from harness.models.towers.tower_roles import TowerRole
from harness.sources.checksum import sha256_file
from harness.training.contract import LoadContext
from harness.training.media_method import MediaMethod
from harness.training.registry import base_role, get_method, parents_of

if TYPE_CHECKING:
    from harness.models.towers.tower import Tower

TUNED = "tower"
"""Role in `run.init` of a run that tuned a tower, and the folder in which that run saved it."""
NOTED = "learnt_with.json"
"""File beside the weights of a run: the sha256 of the tower that it learnt with."""


def pretrained_roles(recipe: Recipe) -> list[str]:
    """Keys in `base_models` of everything pretrained that the recipe's runs need: base model and towers, sorted.

    A recipe with a run in the role `tower` reads with the tower of that run.
    """
    method = get_method(recipe.run.method)
    own = method.towers if isinstance(method, MediaMethod) and TUNED not in parents_of(recipe) else ()
    return sorted({role for role in (base_role(recipe), *(tower.name for tower in own)) if role})


def tower_folder(context: LoadContext, role: TowerRole) -> Path:
    """Where the tower's weights are.

    Raises:
        DataError: the method names no base model, beside which towers are.
    """
    parent = context.parents.get(TUNED)
    if parent is not None:
        return parent.folder / TUNED
    if context.base is None:
        raise DataError("a method with a tower needs a base model", where=context.recipe.id)
    return context.base.parent / role.name


def load_tower_of(context: LoadContext, role: TowerRole) -> Tower:
    """The tower that a run reads files with, frozen.

    Raises:
        DataError: there is none, or it reads another kind of file.
    """
    from harness.models.towers.load import load_tower

    folder = tower_folder(context, role)
    tower = load_tower(folder, context.device)
    if tower.reads != role.reads:
        raise DataError(
            f"the tower reads {tower.reads}", where=str(folder), expected=f"a tower that reads {role.reads}"
        )
    tower.sha256 = "+".join(sha256_file(file) for file in sorted(folder.glob("*.safetensors")))
    return tower


def write_tower(tower: Tower, folder: Path) -> None:
    """Write beside a run's weights which tower they were learnt with."""
    (folder / NOTED).write_text(json.dumps({"sha256": tower.sha256}) + "\n")


def require_same_tower(tower: Tower, folder: Path) -> None:
    """Refuse to read files with another tower than in training: the answers would be wrong without any error.

    Raises:
        DataError: the tower is another one.
    """
    noted = json.loads((folder / NOTED).read_text())["sha256"]
    if noted != tower.sha256:
        raise DataError(
            f"the weights were learnt with another tower: the one here has the sha256 {tower.sha256}",
            where=str(folder),
            expected=noted,
            hint="train it again with this tower, or bring the old one back with `dvc checkout`",
        )
