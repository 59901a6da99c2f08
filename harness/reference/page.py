"""docs/reference.md: a table of keys for each kind of file, and for each mapping in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from harness.reference.file_kinds import KINDS
from harness.reference.json_schema import DEFINED, file_schema, options_schema
from harness.reference.types_in_words import Schema, default_text, model_name, type_text
from harness.training.method_options import MethodOptions

INTRODUCTION = """\
<!-- Written by `harness reference --write` from the typed models in harness/config; edits are lost. -->

# Reference: every key of every YAML file

An unknown key is an error: `harness check` names the file, the line and the nearest known key. A key without the word
**required** may be left out; the column *default* says what holds then. An empty cell there means that nothing is
set, or that the key is a mapping whose own keys have defaults.

## In your editor

`docs/schema/` holds a JSON schema of each kind of file, with these explanations. An editor with the YAML language
server (the YAML extension of VS Code, Neovim, Helix, Emacs) completes keys and marks mistakes while you type. It wants
one comment at the top of the file, with a path relative to that file:

```yaml
# yaml-language-server: $schema=../../docs/schema/recipe.json
```

VS Code can do it for all files at once, without the comment. In `.vscode/settings.json`:

```json
{
  "yaml.schemas": {
SETTINGS
  }
}
```

After you have added a method or a key, `harness reference --write` writes this page and the schemas anew.
"""


def page(options: Mapping[str, type[MethodOptions]]) -> str:
    """The whole page. `options`: method -> type of its options."""
    parts = [INTRODUCTION.replace("SETTINGS", ",\n".join(_settings()))]
    seen: set[str] = set()
    for kind in KINDS:
        schema = file_schema(kind, options)
        files = ", ".join(f"`{path.replace('[!_]*', '*')}`" for path in kind.paths)
        schemas = f"Schema: [{kind.name}.json](schema/{kind.name}.json)."
        parts.append(f"## {kind.title}\n\n{_description(schema)}\n\nFiles: {files}. {schemas}\n\n{_table(schema)}\n")
        seen |= {model.__name__ for model in options.values()}
        for name in _models_in(schema, schema[DEFINED], seen):
            parts.append(f"### {name}\n\n{_with_table(schema[DEFINED][name])}\n")
    parts.append(_options_part(options))
    return "\n".join(parts)


def _settings() -> Iterator[str]:
    """Lines of the setting `yaml.schemas`."""
    for kind in KINDS:
        paths = ", ".join(f'"{path.replace("[!_]*", "[a-z]*")}"' for path in kind.paths)
        yield f'    "docs/schema/{kind.name}.json": [{paths}]'


def _options_part(options: Mapping[str, type[MethodOptions]]) -> str:
    """What each method takes in `run.options`. Methods with the same options share a table."""
    by_model: dict[type[MethodOptions], list[str]] = {}
    for method, model in sorted(options.items()):
        by_model.setdefault(model, []).append(f"`{method}`")
    without = by_model.pop(MethodOptions, [])
    parts = [
        "## Options of methods\n\nWhat may stand in `run.options` of a recipe depends on its `run.method`. A key that "
        f"is **required** may also come from the family. No options: {', '.join(without)}.\n"
    ]
    for model, methods in by_model.items():
        table = _with_table(options_schema(model, whole=True))
        parts.append(f"### {model.__name__}\n\nMethods: {', '.join(methods)}. {table}\n")
    return "\n".join(parts)


def _with_table(schema: Schema) -> str:
    return "\n\n".join(part for part in (_description(schema), _table(schema)) if part)


def _table(schema: Schema) -> str:
    required = schema.get("required", ())
    lines = ["| key | value | default | what it is |", "| --- | --- | --- | --- |"]
    for key, node in schema["properties"].items():
        cells = (f"`{key}`", type_text(node), default_text(node, required=key in required), _description(node))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _description(schema: Schema) -> str:
    """The docstring on one line; `<family>` outside of code is no HTML."""
    text = " ".join(str(schema.get("description", "")).split())
    return re.sub(r"`[^`]*`|<", lambda found: "&lt;" if found.group() == "<" else found.group(), text)


def _models_in(schema: Schema, defined: Schema, seen: set[str]) -> Iterator[str]:
    """Names of the models that a schema refers to and that were not named before, each followed by those in it."""
    for node in schema.get("properties", {}).values():
        for name in _references(node):
            if name not in seen:
                seen.add(name)
                yield name
                yield from _models_in(defined[name], defined, seen)


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield model_name(node)
        for key, value in node.items():
            if key not in ("default", "discriminator"):
                yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
