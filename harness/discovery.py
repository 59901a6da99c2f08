"""Find the one class of a kind that a plug-in module defines, such as the method in harness/methods/lora.py."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import TypeVar

from harness.errors import ConfigError

Base = TypeVar("Base")


def only_subclass(module: ModuleType, base: type[Base]) -> type[Base]:
    """The concrete subclass of `base` that the module itself defines. Imported and abstract classes do not count.

    Raises:
        ConfigError: the module defines no such class, or several.
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
            expected="exactly one, without abstract methods",
        )
    return found[0]
