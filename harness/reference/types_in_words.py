"""A part of a JSON schema in words, for a cell of a table."""

from __future__ import annotations

import json
from typing import Any

Schema = dict[str, Any]

WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "array": "list",
    "object": "mapping",
}
BOUNDS = {"exclusiveMinimum": "above", "minimum": "at least", "exclusiveMaximum": "below", "maximum": "at most"}
"""Keyword of JSON Schema -> how it is written before its number."""


def type_text(node: Schema) -> str:
    """`whole number, above 0, or null`. Models are links to their headings."""
    if "$ref" in node:
        name = model_name(node)
        return f"[{name}](#{name.lower()})"
    if "const" in node:
        return code(node["const"])
    if "enum" in node:
        return ", ".join(map(code, node["enum"]))
    for union in ("anyOf", "oneOf"):
        if union in node:
            return _either([type_text(part) for part in node[union]])
    if node.get("type") == "array":
        return _list(node)
    if node.get("type") == "object":
        return _mapping(node)
    return ", ".join([WORDS.get(node.get("type", ""), "anything"), *_limits(node)])


def default_text(node: Schema, *, required: bool) -> str:
    """What holds without the key; empty where that is a mapping whose keys have defaults of their own."""
    if required:
        return "**required**"
    default = node.get("default", {})
    filled = not isinstance(default, dict) or any(isinstance(value, int | float | str) for value in default.values())
    return code(default) if filled else ""


def model_name(node: Schema) -> str:
    """`Run` of `#/$defs/Run`."""
    return str(node["$ref"]).rpartition("/")[2]


def code(value: object) -> str:
    """A value as YAML writes it, in backticks."""
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return f"`{text}`"


def _either(parts: list[str]) -> str:
    """Alternatives, `null` last."""
    if WORDS["number"] in parts:
        parts = [part for part in parts if part != WORDS["integer"]]  # a number of either kind
    ordered = [part for part in parts if part != WORDS["null"]] + [part for part in parts if part == WORDS["null"]]
    comma = "," if any("," in part for part in ordered[:-1]) else ""
    return f"{comma} or ".join(ordered)


def _list(node: Schema) -> str:
    inner = node.get("items", {})
    what = f"list of {type_text(inner)}" if inner else "list"
    least, most = node.get("minItems"), node.get("maxItems")
    if least and least == most:
        return f"{what} ({least} entries)"
    return f"{what} (at least {least})" if least else what


def _mapping(node: Schema) -> str:
    inner = node.get("additionalProperties")
    if "patternProperties" in node:
        (inner,) = node["patternProperties"].values()
    if not isinstance(inner, dict) or not inner:
        return WORDS["object"]
    return f"name -> {type_text(inner)}"


def _limits(node: Schema) -> list[str]:
    found = [f"{word} {node[key]:g}" for key, word in BOUNDS.items() if key in node]
    if node.get("format") == "date":
        found.append("a date such as `2026-11-30`")
    if "pattern" in node:
        found.append(f"matching `{node['pattern']}`")
    return found
