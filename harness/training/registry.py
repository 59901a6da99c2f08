"""Find methods by the name of their file: `harness/methods/lora.py` is the method `lora`."""

from __future__ import annotations

import importlib
from pathlib import Path

from harness.config.recipe import Recipe
from harness.discovery import only_subclass
from harness.errors import ConfigError, did_you_mean
from harness.training.contract import Method


def method_names(root: Path) -> list[str]:
    """Names of the method files below a project root."""
    files = (root / "harness/methods").glob("*.py")
    return sorted(path.stem for path in files if not path.stem.startswith("_"))


def get_method(name: str) -> Method:
    """The method defined in harness/methods/<name>.py.

    Raises:
        ConfigError: there is no such file, or it does not define exactly one method.
    """
    package = importlib.import_module("harness.methods")
    known = method_names(Path(str(package.__file__)).parents[2])
    if name not in known:
        raise ConfigError(f'unknown method "{name}"', where="harness/methods", hint=did_you_mean(name, known))
    module = importlib.import_module(f"harness.methods.{name}")
    method: Method = only_subclass(module, Method)()  # type: ignore[type-abstract]
    return method


def base_role(recipe: Recipe) -> str | None:
    """Role of the pretrained model that the recipe stands on: its own choice or its method's; null if it needs none.

    Raises:
        ConfigError: its method cannot start from that role.
    """
    method, wanted = get_method(recipe.run.method), recipe.run.base
    if wanted is None or wanted == method.base:
        return method.base
    if wanted not in method.other_bases:
        known = [role for role in (method.base, *method.other_bases) if role]
        raise ConfigError(
            f"method {recipe.run.method} cannot start from the base `{wanted}`",
            where=f"recipes/{recipe.id}.yaml: run.base",
            expected=f"{' or '.join(known)}, or none given" if known else "none given: it needs no pretrained model",
        )
    return wanted
