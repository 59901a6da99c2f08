"""The JSON schema of a kind of file: what pydantic says, changed where a file differs from its model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

import harness
from harness.reference.file_kinds import FileKind
from harness.training.method_options import MethodOptions
from harness.training.registry import get_method, method_names

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DEFINED = "$defs"
Schema = dict[str, Any]


class _WithoutTitles(GenerateJsonSchema):
    """pydantic gives each field a title that repeats its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        return False


def options_of_methods() -> dict[str, type[MethodOptions]]:
    """Method -> the type of its `run.options`, for every method of this installation.

    Raises:
        ConfigError: a method cannot be imported.
    """
    root = Path(str(harness.__file__)).parents[1]
    return {name: get_method(name).options_model for name in method_names(root)}


def file_schema(kind: FileKind, options: Mapping[str, type[MethodOptions]]) -> Schema:
    """The schema of one kind of file.

    Args:
        kind: the kind.
        options: method -> type of its options, which depend on `run.method`.
    """
    schema = _schema(kind.model)
    definitions: Schema = schema.pop(DEFINED, {})
    for key, model in kind.typed.items():
        definitions |= _moved(model, definitions)
        description = schema["properties"][key]["description"]
        schema["properties"][key] = {"$ref": f"#/{DEFINED}/{model.__name__}", "description": description}
    if kind.written:
        schema["properties"] = {**_schema(kind.written)["properties"], **schema["properties"]}
    for name in kind.not_written:
        del schema["properties"][name]
    schema["required"] = [name for name in schema.get("required", ()) if name not in kind.not_written]
    if "Run" in definitions:
        _add_options(definitions, options)
    for name in kind.completed:
        definitions[name].pop("required", None)
    return {"$schema": DIALECT, **schema, DEFINED: dict(sorted(definitions.items()))}


def options_schema(model: type[MethodOptions], *, whole: bool = False) -> Schema:
    """The schema of a method's options. Unless it is the `whole`, no key is required: a recipe may hold a part of them,
    because its family completes it."""
    return {name: value for name, value in _schema(model).items() if whole or name != "required"}


def _add_options(definitions: Schema, options: Mapping[str, type[MethodOptions]]) -> None:
    """Let `run.options` depend on `run.method`."""
    run = definitions["Run"]
    run["properties"]["method"]["enum"] = sorted(options)
    run["allOf"] = [
        {
            "if": {"properties": {"method": {"const": method}}, "required": ["method"]},
            "then": {"properties": {"options": {"$ref": f"#/{DEFINED}/{model.__name__}"}}},
        }
        for method, model in sorted(options.items())
    ]
    for model in set(options.values()):
        definitions[model.__name__] = options_schema(model)


def _moved(model: type[BaseModel], known: Schema) -> Schema:
    """The definition of a model, and those that it needs."""
    schema = _schema(model)
    needed = {name: value for name, value in schema.pop(DEFINED, {}).items() if name not in known}
    return {**needed, model.__name__: schema}


def _schema(model: type[BaseModel]) -> Schema:
    return model.model_json_schema(schema_generator=_WithoutTitles)
