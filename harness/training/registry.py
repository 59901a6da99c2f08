"""Find a recipe's method by its file name (`harness/methods/lora.py` is `lora`), its base model and its parents."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import get_type_hints

from harness.config.recipe import Recipe
from harness.discovery import only_subclass
from harness.errors import ConfigError, did_you_mean
from harness.models.loaded import LoadedModel
from harness.training.contract import LoadContext, Method


def method_names(root: Path) -> list[str]:
    """Names of all methods below a project root."""
    files = (root / "harness/methods").glob("*.py")
    return sorted(path.stem for path in files if not path.stem.startswith("_"))


def get_method(name: str) -> Method:
    """The method defined in harness/methods/<name>.py.

    Raises:
        ConfigError: there is no such file, it cannot be imported, or it does not define exactly one method.
    """
    package = importlib.import_module("harness.methods")
    known = method_names(Path(str(package.__file__)).parents[2])
    if name not in known:
        raise ConfigError(f'unknown method "{name}"', where="harness/methods", hint=did_you_mean(name, known))
    try:
        module = importlib.import_module(f"harness.methods.{name}")
    except (ImportError, SyntaxError) as error:
        where = f"harness/methods/{name}.py"
        raise ConfigError(f"cannot be imported: {error}", where=where, hint="mend its imports") from error
    method: Method = only_subclass(module, Method)()  # type: ignore[type-abstract]
    return method


def parents_of(recipe: Recipe) -> dict[str, str]:
    """Role -> recipe id, for every run that the recipe starts from. `init: sft/full` fills the method's `starts_from`.

    Raises:
        ConfigError: the method does not exist, or it knows no role for a run without one.
    """
    init = recipe.run.init
    if isinstance(init, dict):
        return dict(init)
    if init == "base":
        return {}
    method = get_method(recipe.run.method)
    if method.starts_from is None:
        roles = ", ".join(method.parents)
        raise ConfigError(
            f"method {recipe.run.method} cannot start from the run of another recipe",
            where=f"recipes/{recipe.id}.yaml: run.init",
            expected=f"a recipe for each of the roles {roles}" if roles else "`init: base`",
        )
    return {method.starts_from: init}


def started_from(context: LoadContext) -> LoadContext | None:
    """The parent run whose model the context's run trains further; None if it starts from the base model."""
    role = get_method(context.recipe.run.method).starts_from
    return context.parents.get(role) if role else None


def loaded_kind(method: Method) -> type[LoadedModel] | None:
    """Class of model that a method's runs load: the annotated return type of its `load`; None if that is not known."""
    try:
        return get_type_hints(type(method).load).get("return")
    except NameError:  # an annotation names what is imported for type checkers only
        return None


def base_role(recipe: Recipe) -> str | None:
    """Role of the pretrained model under the recipe: `run.base`, or else the method's own. None: it needs no model.

    Raises:
        ConfigError: the method cannot start from that role.
    """
    method, wanted = get_method(recipe.run.method), recipe.run.base
    if wanted is None or wanted == method.base:
        return method.base
    if wanted not in method.other_bases:
        known = [role for role in (method.base, *method.other_bases) if role]
        raise ConfigError(
            f"method {recipe.run.method} cannot start from the base `{wanted}`",
            where=f"recipes/{recipe.id}.yaml: run.base",
            expected=" or ".join(known) if known else "no `base`: the method needs no pretrained model",
        )
    return wanted
