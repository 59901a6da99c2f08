"""Explain in plain words what pydantic found wrong in a YAML mapping, with the keys that lead to each mistake."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from harness.errors import ConfigError, did_you_mean

Key = int | str

KINDS = {
    "bool_type": "true or false",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list",
    "sequence_str": "a list",
    "string_type": "text",
}
"""pydantic's type of error -> what the value must be."""


@dataclass(frozen=True)
class Mistake:
    """One wrong place in a YAML file, before it is known which file and line it stands in."""

    keys: tuple[Key, ...]
    """Keys from the top of the file: `("run", "options", "shots")`."""
    what: str
    expected: str | None = None
    hint: str | None = None
    missing: bool = False
    """Whether the last of `keys` is absent although it is required."""

    def located(self, path: Path, content: Any = None) -> ConfigError:
        """The error with its file, and with its line if `content` is what `read_yaml` returned for `path`."""
        where = f"{path}{line_of(content, self.keys)}"
        return ConfigError(self.what, where=where, expected=self.expected, hint=self.hint)


def line_of(content: Any, keys: Sequence[Key]) -> str:
    """`:12` for the deepest of `keys` that has a position in the YAML, else an empty string."""
    line: int | None = None
    node = content
    for key in keys:
        if not isinstance(node, CommentedMap | CommentedSeq):
            break
        try:
            line = node.lc.key(key)[0] if isinstance(node, CommentedMap) else node.lc.item(key)[0]
            node = node[key]
        except (KeyError, IndexError, TypeError):
            break
    return "" if line is None else f":{line + 1}"


def explained(model: type[BaseModel], content: Any, problem: Any, *, under: Sequence[Key]) -> Mistake:
    """One entry of `ValidationError.errors()` in plain words.

    `content` is the mapping that was validated. It stands below the keys `under` in the file.
    """
    own, tags = _written(content, problem)
    if problem["type"] == "union_tag_invalid":
        own.append(problem["ctx"]["discriminator"].strip("'"))
    keys = (*under, *own)
    if problem["type"] == "extra_forbidden":
        hint = did_you_mean(str(keys[-1]), _fields_at(model, own[:-1], tags))
        return Mistake(keys, f'unknown key "{_dotted(keys)}"', hint=hint)
    if problem["type"] == "missing":
        return Mistake(keys, f'the key "{_dotted(keys)}" is missing', missing=True)
    given = problem.get("input")
    if problem["type"] not in ("literal_error", "union_tag_invalid"):
        return Mistake(keys, f'"{_dotted(keys)}" is {_shown(given)}', expected=_expected(problem))
    given = problem["ctx"].get("tag", given)
    choices = str(problem["ctx"].get("expected") or problem["ctx"].get("expected_tags"))
    hint = did_you_mean(str(given), [choice.strip(" '") for choice in choices.replace(" or ", ",").split(",")])
    return Mistake(keys, f'"{_dotted(keys)}" is {_shown(given)}', expected=f"one of {choices}", hint=hint)


def misread_numbers(content: Any, taken: Any, *, under: Sequence[Key]) -> Iterator[Mistake]:
    """Places where pydantic read a number out of `true` or of a quoted string: DVC would read another value."""
    for keys in _converted(content, taken):
        given = content
        for key in keys:
            given = given[key]
        place = (*under, *keys)
        yield Mistake(place, f'"{_dotted(place)}" is {given!r}', expected="a number, without quotes")


def _dotted(keys: Sequence[Key]) -> str:
    return ".".join(map(str, keys)) or "the file"


def _expected(problem: Any) -> str:
    if problem["type"] == "too_short":
        least = problem["ctx"]["min_length"]
        return f"at least {least} {'entry' if least == 1 else 'entries'}"
    if problem["type"] in KINDS:
        return KINDS[problem["type"]]
    message = str(problem["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    return message[:1].lower() + message[1:]


def _shown(given: Any) -> str:
    if isinstance(given, str | int | float) or given is None:
        return repr(given)
    if isinstance(given, dict):
        return "a mapping"
    if isinstance(given, list):
        return "a list" if given else "an empty list"
    return f"of type {type(given).__name__}"


def _written(content: Any, problem: Any) -> tuple[list[Key], list[str]]:
    """pydantic's location, split into the keys the user wrote and the branches of unions that pydantic inserts."""
    keys: list[Key] = []
    tags: list[str] = []
    node = content
    for place, key in enumerate(problem["loc"]):
        missing = problem["type"] == "missing" and place == len(problem["loc"]) - 1
        if isinstance(node, dict) and (key in node or missing):
            node = node.get(key)
        elif isinstance(node, list) and isinstance(key, int) and key < len(node):
            node = node[key]
        else:
            tags.append(str(key))
            continue
        keys.append(key)
    return keys, tags


def _fields_at(model: type[BaseModel], keys: Sequence[Key], tags: Sequence[str]) -> list[str]:
    """Names of the fields that may stand below `keys`, for the suggestion."""
    current: type[BaseModel] | None = model
    for key in keys:
        field = current.model_fields.get(str(key)) if current else None
        if field is None and current is not None:
            continue  # a key of a free mapping: its value's model was found one level up
        kinds = [field.annotation, *_flatten(field.annotation)] if field else []
        models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        tagged = [m for m in models if any(tag in _literals(m) for tag in tags)]
        current = next(iter([*tagged, *models]), None)
    return sorted(current.model_fields) if current else []


def _literals(model: type[BaseModel]) -> set[Any]:
    """Values of the model's Literal fields: the discriminator of a union is among them."""
    return {value for field in model.model_fields.values() for value in get_args(field.annotation)}


def _flatten(annotation: Any) -> list[Any]:
    found: list[Any] = []
    for argument in get_args(annotation):
        found += [argument, *_flatten(argument)]
    return found


def _converted(given: Any, taken: Any, keys: tuple[Key, ...] = ()) -> Iterator[tuple[Key, ...]]:
    if given is taken:
        return  # a free value, taken as it is
    if isinstance(taken, int | float) and not isinstance(taken, bool) and isinstance(given, bool | str):
        yield keys
    elif isinstance(given, dict):
        for key, value in given.items():
            inner = taken.get(key) if isinstance(taken, dict) else getattr(taken, str(key), None)
            yield from _converted(value, inner, (*keys, key))
    elif isinstance(given, list) and isinstance(taken, list | tuple):
        for index, (value, inner) in enumerate(zip(given, taken, strict=False)):
            yield from _converted(value, inner, (*keys, index))
