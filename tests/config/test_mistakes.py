"""Mistakes in plain words, before file and line are known."""

from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from harness.config.complaints import recipe_file
from harness.config.mistakes import Mistake
from harness.config.strict import StrictModel, checked, read_yaml
from tests.mini_tree import edit, write_mini_tree


class Shape(StrictModel):
    """A model with one field of each kind that needs words of its own."""

    names: list[Literal["a", "b"]] = Field(min_length=1)
    size: int = 1


def mistake_in(content: dict[str, object]) -> Mistake:
    result, (mistake,) = checked(Shape, content, under=("run", "options"))
    assert result is None
    return mistake


@pytest.mark.parametrize(
    ("content", "keys", "what", "expected"),
    [
        ({"names": []}, ("names",), '"run.options.names" is an empty list', "at least 1 entry"),
        ({"names": "a"}, ("names",), "\"run.options.names\" is 'a'", "a list"),
        ({"names": ["c"]}, ("names", 0), "\"run.options.names.0\" is 'c'", "one of 'a' or 'b'"),
        ({"names": ["a"], "size": "x"}, ("size",), "\"run.options.size\" is 'x'", "a whole number"),
        ({"names": ["a"], "size": "1"}, ("size",), "\"run.options.size\" is '1'", "a number, without quotes"),
    ],
)
def test_a_mistake_has_the_keys_from_the_top_of_the_file(
    content: dict[str, object], keys: tuple[str | int, ...], what: str, expected: str
) -> None:
    mistake = mistake_in(content)
    assert (mistake.keys, mistake.what, mistake.expected) == (("run", "options", *keys), what, expected)


def test_a_missing_key_is_marked_as_such() -> None:
    assert mistake_in({}).missing
    assert mistake_in({}).what == 'the key "run.options.names" is missing'


def test_a_mistake_is_located_by_its_deepest_key(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("run:\n  options:\n    names: [c]\n")
    assert mistake_in({"names": ["c"]}).located(path, read_yaml(path)).where == f"{path}:3"
    assert mistake_in({"names": ["c"]}).located(path).where == str(path)


def test_the_file_of_a_key_is_the_familys_if_only_that_holds_it(tmp_path: Path) -> None:
    root = write_mini_tree(tmp_path)
    edit(root / "recipes/peft/_family.yaml", "run:\n", "run:\n  options:\n    a: [1]\n")
    assert recipe_file(root, "peft/lora", "run", "options", "a", 0).path.name == "_family.yaml"
    assert recipe_file(root, "peft/lora", "run", "method").path.name == "lora.yaml"
    assert recipe_file(root, "peft/lora", "run", "nowhere").path.name == "lora.yaml"
