"""Read YAML 1.2 as DVC does, but fast: with PyYAML's C parser and the scalars of YAML 1.2.

Params in dvc.lock are compared with values in other files, so both are read by these rules: `1e-3` is a number, and
`on` is a text.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from harness.errors import ConfigError

SCALARS = (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
    ("merge", r"<<", "<"),
)
"""Tag, what it looks like, and the characters that it can begin with."""


def read_yaml_1_2(path: Path) -> Any:
    """The content of the file.

    Raises:
        ConfigError: the file is missing or is not YAML.
    """
    import yaml  # type: ignore[import-untyped]

    try:
        return parse_yaml_1_2(path.read_bytes())
    except FileNotFoundError:
        raise ConfigError("the file does not exist", where=str(path), hint="restore it from git") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"is not YAML: {error}", where=str(path)) from None


def parse_yaml_1_2(text: str | bytes) -> Any:
    """The content of a YAML text.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    import yaml

    return yaml.load(text, Loader=_loader())


@cache
def _loader() -> Any:
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[str, Any] = {}

    for tag, pattern, first in SCALARS:
        found = re.compile(rf"^(?:{pattern})$")
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", found, [*first.replace("\0", ""), ""])
    Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: _float(node.value))
    Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: _int(node.value))
    return Loader


def _float(text: str) -> float:
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


def _int(text: str) -> int:
    return int(text, 0 if text[:2] in ("0o", "0x") else 10)
