"""The stages of dvc.yaml with their matrices written out, as far as this repository uses DVC's templates.

    peft: {matrix: {recipe: "${recipes.peft}", ...}} --> peft@lora-hs_products-0, peft@dora-hs_products-0, ...

`tests/freshness/test_stages.py` compares this with what DVC makes of the same file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from harness.errors import ConfigError
from harness.freshness.yaml_1_2 import read_yaml_1_2

KNOWN = {"desc", "matrix", "cmd", "deps", "params", "outs", "metrics", "plots", "meta"}
PARAMS_FILE = "params.yaml"

_TEMPLATE = re.compile(r"\$\{\s*([\w.\-]+)\s*\}")


@dataclass(frozen=True)
class Out:
    """A file or folder that a stage makes."""

    path: str
    cached: bool = True
    """Whether DVC keeps it in its cache. Records are kept by git instead."""


@dataclass(frozen=True)
class Stage:
    """One stage, its templates filled in. Paths are relative to the folder of dvc.yaml."""

    name: str
    """`peft@lora-hs_products-0`."""
    command: str | list[str]
    deps: tuple[str, ...]
    params: Mapping[str, tuple[str, ...]]
    """File -> its keys that count; all keys if the tuple is empty."""
    outs: tuple[Out, ...]
    resources: Mapping[str, Any]
    """`meta.resources`."""


def read_stages(root: Path) -> list[Stage]:
    """All stages of `root/dvc.yaml`, in the order of the file.

    Raises:
        ConfigError: a file cannot be read, or dvc.yaml uses something that is not known here.
    """
    path = root / "dvc.yaml"
    content = read_yaml_1_2(path) or {}
    params = read_yaml_1_2(root / PARAMS_FILE)
    stages = []
    for group, definition in (content.get("stages") or {}).items():
        where = f"{path}: {group}"
        unknown = sorted(set(definition) - KNOWN)
        if unknown:
            what = f"`harness plan` does not know the key {unknown[0]} of a stage"
            raise ConfigError(what, where=where, hint="`dvc status` and `dvc repro --dry` do")
        stages += [
            _stage(name, definition, {**params, **own}, where)
            for name, own in _expanded(group, definition, params, where)
        ]
    return stages


def _expanded(
    group: str, definition: Mapping[str, Any], params: Mapping[str, Any], where: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name of each stage of a group, and what its templates can name beside the keys of params.yaml."""
    matrix = definition.get("matrix")
    if matrix is None:
        yield group, {}
        return
    axes = {axis: _filled(values, params, where) for axis, values in matrix.items()}
    for values in product(*axes.values()):
        key = "-".join(_text(value) for value in values)
        yield f"{group}@{key}", {"item": dict(zip(axes, values, strict=True)), "key": key}


def _stage(name: str, definition: Mapping[str, Any], context: Mapping[str, Any], where: str) -> Stage:
    filled = {key: _filled(value, context, where) for key, value in definition.items() if key not in ("matrix", "desc")}
    params: dict[str, tuple[str, ...]] = {}
    for entry in filled.get("params") or ():
        files = {PARAMS_FILE: [entry]} if isinstance(entry, str) else entry
        for file, keys in files.items():
            params[file] = (*params.get(file, ()), *(keys or ()))
    outs = [_out(entry, cached=True) for entry in filled.get("outs") or ()]
    outs += [_out(entry, cached=True) for part in ("metrics", "plots") for entry in filled.get(part) or ()]
    return Stage(
        name=name,
        command=filled["cmd"],
        deps=tuple(filled.get("deps") or ()),
        params=params,
        outs=tuple(outs),
        resources=(filled.get("meta") or {}).get("resources", {}),
    )


def _out(entry: str | Mapping[str, Any], *, cached: bool) -> Out:
    if isinstance(entry, str):
        return Out(entry, cached)
    ((path, options),) = entry.items()
    return Out(path, (options or {}).get("cache", cached))


def _filled(value: Any, context: Mapping[str, Any], where: str) -> Any:
    """The value with its templates replaced; a text that is one template becomes what the template names."""
    if isinstance(value, Mapping):
        return {_filled(key, context, where): _filled(inner, context, where) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, context, where) for inner in value]
    if not isinstance(value, str) or "${" not in value:
        return value
    if whole := _TEMPLATE.fullmatch(value):
        return _named(whole.group(1), context, where)
    return _TEMPLATE.sub(lambda found: _text(_named(found.group(1), context, where)), value)


def _named(name: str, context: Mapping[str, Any], where: str) -> Any:
    found: Any = context
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            raise ConfigError(
                f"${{{name}}} names nothing", where=where, expected="a key of params.yaml or of the matrix"
            )
        found = found[part]
    return found


def _text(value: Any) -> str:
    """As DVC writes a value into a text."""
    return str(value).lower() if isinstance(value, bool) else str(value)
