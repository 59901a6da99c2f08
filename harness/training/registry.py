"""Find methods by the name of their file: `harness/methods/lora.py` is the method `lora`."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

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
    found = [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Method) and not inspect.isabstract(member) and member.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise ConfigError(
            f"defines {len(found)} methods ({', '.join(c.__name__ for c in found) or 'none'})",
            where=f"harness/methods/{name}.py",
            expected="exactly one concrete subclass of harness.training.contract.Method",
        )
    method: Method = found[0]()
    return method
