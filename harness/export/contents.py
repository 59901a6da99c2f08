"""What goes into an exported folder: the saved model, and the base model that an adapter needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.errors import ConfigError
from harness.export.base_model import place_base
from harness.export.layouts import Exported, Layout, layout_of
from harness.methods.qlora import Qlora, QloraOptions
from harness.models.base_roles import BASE_ROLES
from harness.records.outcome import OUTCOME_FILE
from harness.training.contract import LoadContext, Method
from harness.training.media.media_lm import MediaLM
from harness.training.registry import base_role
from harness.training.supervised_lm import SupervisedLM

NO_MODEL = (OUTCOME_FILE,)
"""Files beside the weights that are no part of a model."""


def needs_base(method: Method) -> bool:
    """Whether what the method saves only works together with its base model."""
    return isinstance(method, SupervisedLM) and method.stands_on_base


def refuse_file_readers(method: Method, context: LoadContext) -> None:
    """Refuse models that read files: a plain library would load the language model and leave out what reads the files.

    Raises:
        ConfigError: the method shows files to a language model.
    """
    if isinstance(method, MediaLM):
        what = f"no plain library loads what the method {context.recipe.run.method} saves beside the language model"
        raise ConfigError(what, where="RUN", hint="`harness score` and `harness samples` use it from here")


def saved_model(method: Method, context: LoadContext) -> Path:
    """The folder of the saved model; for a method that saves nothing, that of its base model.

    Raises:
        ConfigError: no plain library loads what the method saves.
    """
    folder = context.folder / method.saved_as if isinstance(method, SupervisedLM) else context.folder
    if context.base is not None and {path.name for path in folder.iterdir()} <= set(NO_MODEL):
        folder = context.base
    if context.base is None or layout_of(folder) is None:
        raise ConfigError(
            f"no plain library loads what the method {context.recipe.run.method} saves: "
            f"{', '.join(sorted(path.name for path in folder.iterdir() if path.name not in NO_MODEL))}",
            where="RUN",
            hint="`--merge` writes a plain model" if needs_base(method) else None,
        )
    return folder


def add_base(project: Project, method: Method, context: LoadContext, folder: Path) -> tuple[Layout, Exported]:
    """Add the base model that the written files need, and note it in an adapter's configuration."""
    layout = layout_of(folder)
    assert layout is not None  # `saved_model` found it, or `write_merged` wrote a whole model
    role = BASE_ROLES[base_role(context.recipe) or ""]
    if not layout.needs_base:
        return layout, Exported(folder, role)
    assert isinstance(method, SupervisedLM)
    base = place_base(project, method, context, folder)
    config = folder / "adapter_config.json"
    if config.is_file():
        content = json.loads(config.read_text())
        content |= {"base_model_name_or_path": base.path, "revision": base.revision}
        config.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")
    return layout, Exported(folder, role, base, _four_bit(method, context.recipe))


def _four_bit(method: Method, recipe: Recipe) -> Mapping[str, Any]:
    """Arguments of BitsAndBytesConfig with which the base was quantised; empty for other methods."""
    if not isinstance(method, Qlora):
        return {}
    options = QloraOptions.of(recipe)
    return {
        "load_in_4bit": True,
        "bnb_4bit_quant_type": options.quant_type,
        "bnb_4bit_use_double_quant": options.double_quant,
    }


def described(layout: Layout, exported: Exported, context: LoadContext) -> str:
    """What was written, for the line that the verb prints."""
    if exported.base is None:
        return f"a {layout.name}"
    where = "on the hub" if exported.base.revision else f"in the folder {exported.base.path}"
    return f"a {layout.name}; its base model is {context.base_name}, {where}"
