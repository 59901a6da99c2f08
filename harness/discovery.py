"""Find the one class that a module is there to define."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import TypeVar

from harness.errors import ConfigError

Base = TypeVar("Base")


def only_subclass(module: ModuleType, base: type[Base]) -> type[Base]:
    """The concrete subclass of `base` that the module itself defines.

    Raises:
        ConfigError: it defines none, or several.
    """
    found = [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, base) and not inspect.isabstract(member) and member.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise ConfigError(
            f"defines {len(found)} subclasses of {base.__name__} ({', '.join(c.__name__ for c in found) or 'none'})",
            where=module.__name__,
            expected="exactly one, whose methods are all written",
        )
    return found[0]
