"""What the installed peft calls the arguments of its adapters, read from its source without importing it.

Importing peft takes seconds and loads torch; `harness check` does neither. Where the source cannot be read, or says
something this reader does not understand, the answer is None, and the training finds mistakes later.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

NOT_DATACLASSES = frozenset({"PushToHubMixin"})
"""Bases of peft's configurations that stand outside peft and add no arguments."""


@cache
def argument_names(config_class: str) -> frozenset[str] | None:
    """Arguments of a configuration class (`LoraConfig`), with those of its base classes in peft; None: not known."""
    found = _definition(config_class)
    if found is None:
        return None
    names: set[str] = set(_init_fields(found))
    for base in found.bases:
        name = base.id if isinstance(base, ast.Name) else ""
        if name not in NOT_DATACLASSES:
            inherited = argument_names(name)
            if inherited is None:
                return None
            names |= inherited
    return frozenset(names)


@cache
def config_classes() -> dict[str, str] | None:
    """Type as `peft_type` spells it (`LORA`) -> its configuration class (`LoraConfig`); None: not known."""
    found = {}
    for path in _files("tuners/*/__init__.py"):
        for call in ast.walk(_tree(path)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "register_peft_method":
                given = {keyword.arg: keyword.value for keyword in call.keywords}
                name, config = given.get("name"), given.get("config_cls")
                if isinstance(name, ast.Constant) and isinstance(config, ast.Name):
                    found[str(name.value).upper()] = config.id
    return found or None


def _definition(name: str) -> ast.ClassDef | None:
    for path in (*_files("config.py"), *_files("tuners/*/config.py"), *_files("tuners/*.py")):
        if f"class {name}(" in path.read_text(encoding="utf-8"):
            found = [one for one in _tree(path).body if isinstance(one, ast.ClassDef) and one.name == name]
            if found:
                return found[0]
    return None


def _init_fields(definition: ast.ClassDef) -> Iterator[str]:
    """Names of the dataclass fields in a class body that its constructor takes."""
    for line in definition.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            keywords = line.value.keywords if isinstance(line.value, ast.Call) else []
            left_out = any(one.arg == "init" and ast.unparse(one.value) == "False" for one in keywords)
            if not left_out and "ClassVar" not in ast.unparse(line.annotation):
                yield line.target.id


def _files(pattern: str) -> list[Path]:
    spec = find_spec("peft")  # finds the package and does not run it
    folders = spec.submodule_search_locations if spec else None
    return sorted(path for folder in folders or () for path in Path(folder).glob(pattern))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
