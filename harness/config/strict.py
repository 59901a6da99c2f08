"""Read one YAML file into one typed model, or say exactly which line is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from harness.errors import ConfigError, did_you_mean


class StrictModel(BaseModel):
    """Base of all configuration: immutable, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)


class SeveralMistakesError(ConfigError):
    """Several mistakes in one file, kept in `each`."""

    def __init__(self, each: Sequence[ConfigError]) -> None:
        self.each = list(each)
        super().__init__("\n".join(map(str, each)))


Model = TypeVar("Model", bound=StrictModel)
Key = int | str


def read_yaml(path: Path) -> CommentedMap:
    """The mapping in a YAML 1.2 file, as DVC reads it (so `1e-3` is a number and `no` is a string).

    Raises:
        ConfigError: the file is missing, is not YAML, repeats a key, or is not a mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError("the file does not exist", where=str(path)) from None
    except (IsADirectoryError, PermissionError) as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path), expected="a YAML file") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"is not UTF-8 text ({error.reason} at byte {error.start})", where=str(path)) from None
    try:
        content = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        problem = (error.problem or "cannot be parsed").splitlines()[0]
        raise ConfigError(
            f"broken YAML: {problem}", where=f"{path}{line}", hint="check indentation and quotes"
        ) from None
    except YAMLError as error:
        raise ConfigError(f"broken YAML: {' '.join(str(error).split())}", where=str(path)) from None
    except (ValueError, IndexError) as error:  # ruamel takes `-_` and `._` for numbers
        raise ConfigError(f"broken YAML: a number that is none ({error})", where=str(path)) from None
    if not isinstance(content, CommentedMap):
        raise ConfigError("is empty or not a mapping", where=str(path), expected="`key: value` lines")
    return content


def parse(model: type[Model], content: Any, *, where: Path) -> Model:
    """Validate `content` (as read from the file `where`).

    Raises:
        ConfigError: one message naming every wrong key with its line.
    """
    try:
        result = model.model_validate(content)
    except ValidationError as error:
        problems = [_explain(model, content, problem, where) for problem in error.errors()]
    else:
        problems = [_misread(content, keys, where) for keys in _converted(content, result)]
    _raise(problems)
    return result


def refuse_wrong_part(model: type[Model], content: CommentedMap, *, key: str, where: Path) -> None:
    """Validate `content[key]`, which another file completes: a missing key is not an error here.

    Raises:
        ConfigError: one message naming every wrong key with its line.
    """
    try:
        model.model_validate(content.get(key, {}))
    except ValidationError as error:
        problems = [
            _explain(model, content, {**problem, "loc": (key, *problem["loc"])}, where, above=1)
            for problem in error.errors()
            if problem["type"] != "missing"
        ]
        _raise(problems)


def load(model: type[Model], path: Path) -> Model:
    """`read_yaml` and `parse` in one step."""
    return parse(model, read_yaml(path), where=path)


def line_of(content: Any, keys: Sequence[Key]) -> str:
    """`:12` for the deepest key that has a position in the YAML, else an empty string."""
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


def _raise(problems: list[ConfigError]) -> None:
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise SeveralMistakesError(problems)


def _explain(model: type[BaseModel], content: Any, problem: Any, path: Path, *, above: int = 0) -> ConfigError:
    """`above` keys of the location lie above `model`."""
    keys, tags = _written(content, problem)
    if problem["type"] == "union_tag_invalid":
        keys.append(problem["ctx"]["discriminator"].strip("'"))
    key, where = ".".join(map(str, keys)) or "the file", f"{path}{line_of(content, keys)}"
    if problem["type"] == "extra_forbidden":
        siblings = _fields_at(model, keys[above:-1], tags)
        return ConfigError(f'unknown key "{key}"', where=where, hint=did_you_mean(str(keys[-1]), siblings))
    if problem["type"] == "missing":
        return ConfigError(f'the key "{key}" is missing', where=where)
    message = problem["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    given = problem.get("input")
    hint = None
    if problem["type"] in ("literal_error", "union_tag_invalid"):
        options = str(problem["ctx"].get("expected") or problem["ctx"].get("expected_tags"))
        given = problem["ctx"].get("tag", given)
        message = f"one of {options}"
        hint = did_you_mean(str(given), [option.strip(" '") for option in options.replace(" or ", ",").split(",")])
    expected = message[:1].lower() + message[1:]
    return ConfigError(f'"{key}" is {_shown(given)}', where=where, expected=expected, hint=hint)


def _shown(given: Any) -> str:
    if isinstance(given, str | int | float) or given is None:
        return repr(given)
    return {CommentedMap: "a mapping", CommentedSeq: "a list"}.get(type(given), f"of type {type(given).__name__}")


def _written(content: Any, problem: Any) -> tuple[list[Key], list[str]]:
    """pydantic's location split into the keys the user wrote and the branches of unions it puts between."""
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
    """Where pydantic read a number out of `true` or of a quoted string: DVC would see another value than we."""
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


def _misread(content: Any, keys: tuple[Key, ...], path: Path) -> ConfigError:
    given = content
    for key in keys:
        given = given[key]
    where = f"{path}{line_of(content, keys)}"
    return ConfigError(f'"{".".join(map(str, keys))}" is {given!r}', where=where, expected="a number, without quotes")
