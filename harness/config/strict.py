"""Read one YAML file into one typed model, or report every wrong line."""

from __future__ import annotations

import math
import pickle
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from harness.config.mistakes import Key, Mistake, explained, misread_numbers
from harness.errors import ConfigError


class StrictModel(BaseModel):
    """Base class of all configuration: it cannot be changed after it was read, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)


class SeveralMistakesError(ConfigError):
    """Several mistakes in one configuration; the attribute `each` lists them."""

    def __init__(self, each: Sequence[ConfigError]) -> None:
        self.each = list(each)
        super().__init__("\n".join(map(str, each)))


Model = TypeVar("Model", bound=StrictModel)


def _number(given: object) -> int | float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise ValueError("a number, without quotes")
    return int(given) if isinstance(given, int) else float(given)


Number = Annotated[int | float, PlainValidator(_number, json_schema_input_type=int | float)]
"""A finite number that keeps its kind: `8` stays a whole number, which `peft.r` needs."""


def read_yaml(path: Path) -> CommentedMap:
    """The mapping in a YAML 1.2 file, for the caller to change. As for DVC, `1e-3` is a number and `no` is a string.

    Raises:
        ConfigError: the file is missing, is not YAML, repeats a key, or is not a mapping.
    """
    text = read_text(path)
    try:
        content = pickle.loads(_pickled(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        problem = (error.problem or "cannot be parsed").splitlines()[0]
        raise ConfigError(
            f"broken YAML: {problem}", where=f"{path}{line}", hint="check indentation and quotes"
        ) from None
    except YAMLError as error:
        raise ConfigError(f"broken YAML: {' '.join(str(error).split())}", where=str(path)) from None
    except (ValueError, IndexError) as error:  # ruamel reads `-_` and `._` as numbers
        raise ConfigError(
            f"broken YAML: a value that looks like a number but is not one ({error})", where=str(path)
        ) from None
    if not isinstance(content, CommentedMap):
        raise ConfigError("is empty or not a mapping", where=str(path), expected="`key: value` lines")
    return content


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        ConfigError: the file is missing, cannot be read, or is not UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError("the file does not exist", where=str(path)) from None
    except (IsADirectoryError, PermissionError) as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path), expected="a YAML file") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"is not UTF-8 text ({error.reason} at byte {error.start})", where=str(path)) from None


@lru_cache(maxsize=512)
def _pickled(text: str) -> bytes:
    """The parsed text, with the lines of its keys. A command reads the same files many times, and parsing takes ten to
    thirty times as long as unpickling."""
    return pickle.dumps(YAML(typ="rt").load(text))


def checked(model: type[Model], content: Any, *, under: Sequence[Key] = ()) -> tuple[Model | None, list[Mistake]]:
    """The model of `content`, or None and every mistake in it. `content` stands below the keys `under` of its file."""
    try:
        result = model.model_validate(content)
    except ValidationError as error:
        return None, [explained(model, content, problem, under=under) for problem in error.errors()]
    mistakes = list(misread_numbers(content, result, under=under))
    return (None if mistakes else result), mistakes


def parse(model: type[Model], content: Any, *, where: Path) -> Model:
    """Validate `content`, as read from the file `where`.

    Raises:
        ConfigError: one message that names every wrong key with its line.
    """
    result, mistakes = checked(model, content)
    refuse_all([mistake.located(where, content) for mistake in mistakes])
    assert result is not None
    return result


def refuse_wrong_part(model: type[Model], content: CommentedMap, *, key: str, where: Path) -> None:
    """Validate `content[key]`, which another file completes: a missing key is not an error here.

    Raises:
        ConfigError: one message that names every wrong key with its line.
    """
    _, mistakes = checked(model, content.get(key, {}), under=(key,))
    refuse_all([mistake.located(where, content) for mistake in mistakes if not mistake.missing])


def load(model: type[Model], path: Path) -> Model:
    """`read_yaml` and `parse` in one step."""
    return parse(model, read_yaml(path), where=path)


def refuse_all(problems: Sequence[ConfigError]) -> None:
    """Raise all problems as one error, if there are any.

    Raises:
        ConfigError: the only problem, or a SeveralMistakesError.
    """
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise SeveralMistakesError(problems)
