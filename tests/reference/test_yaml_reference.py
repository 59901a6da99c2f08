"""The reference and the schemas say what the typed models say, and every file of the project fits its schema."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from harness.config.strict import read_yaml
from harness.reference.file_kinds import KINDS, FileKind
from harness.reference.files import PAGE, outdated, texts, write
from harness.reference.types_in_words import type_text
from harness.verbs.reference import main
from tests.mini_tree import write_mini_tree
from tests.tree import ROOT

jsonschema = pytest.importorskip("jsonschema", reason="it comes with Ray; without it no file is tried on its schema")

NEW = """\
about: {title: New}
run:
  method: lora
  peft: {r: 4}
  train: {learning_rate: 1e-3}
"""


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return texts()


def schema_of(written: dict[str, str], name: str) -> Any:
    return json.loads(written[f"docs/schema/{name}.json"])


def content(path: Path) -> Any:
    """As an editor reads it: dates are texts."""
    return json.loads(json.dumps(read_yaml(path), default=str))


def mistakes(schema: Any, found: Any) -> list[str]:
    errors = jsonschema.Draft202012Validator(schema).iter_errors(found)
    return [f"{error.json_path}: {error.message}" for error in errors]


def test_the_committed_files_are_up_to_date(written: dict[str, str]) -> None:
    assert [path for path, text in written.items() if (ROOT / path).read_text() != text] == [], (
        "run `harness reference --write`"
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_file_of_the_project_fits_its_schema(written: dict[str, str], kind: FileKind) -> None:
    schema = schema_of(written, kind.name)
    jsonschema.Draft202012Validator.check_schema(schema)
    paths = [path for pattern in kind.paths for path in sorted(ROOT.glob(pattern))]
    assert paths or kind.name == "base_model"  # users add these
    assert {str(path): mistakes(schema, content(path)) for path in paths} == {str(path): [] for path in paths}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("about: {title: New}", "about: {titel: New}", "'titel' was unexpected"),
        ("  train: {", "  trian: {", "'trian' was unexpected"),
        ("method: lora", "method: lorra", "'lorra' is not one of"),
        ("peft: {r: 4}", "options: {shots: 2}", "'shots' was unexpected"),
        ("learning_rate: 1e-3", "learning_rate: fast", "{'learning_rate': 'fast'} is not valid"),
    ],
)
def test_a_mistake_in_a_recipe_is_marked(
    written: dict[str, str], tmp_path: Path, old: str, new: str, told: str
) -> None:
    schema, path = schema_of(written, "recipe"), tmp_path / "new.yaml"
    path.write_text(NEW)
    assert mistakes(schema, content(path)) == []
    path.write_text(NEW.replace(old, new))
    found = mistakes(schema, content(path))
    assert found
    assert told in " ".join(found)


def test_a_family_knows_the_options_of_its_method(written: dict[str, str]) -> None:
    family = {"title": "F", "order": 1, "run": {"method": "few_shot", "options": {"shots": 0}}}
    assert mistakes(schema_of(written, "family"), family) == ["$.run.options.shots: 0 is less than the minimum of 1"]
    family["run"] = {"method": "few_shot", "options": {"shots": 2}}
    assert mistakes(schema_of(written, "family"), family) == []


def test_every_key_is_explained(written: dict[str, str]) -> None:
    rows = re.findall(r"^\| `(.+?)` \|.*\| (.*) \|$", written[PAGE], flags=re.MULTILINE)
    assert {"train_examples", "learning_rate", "prompt", "sha256", "shots", "of"} <= {key for key, _ in rows}
    assert [key for key, text in rows if not text.strip()] == []


def test_links_of_the_page_lead_to_its_headings(written: dict[str, str]) -> None:
    text = written[PAGE]
    headings = [heading.lower() for heading in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)]
    assert len(headings) == len(set(headings))
    assert set(re.findall(r"\]\(#(\w+)\)", text)) <= set(headings)


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"type": "integer", "exclusiveMinimum": 0}, "whole number, above 0"),
        (
            {"anyOf": [{"type": "null"}, {"type": "number", "minimum": 0, "maximum": 1}]},
            "number, at least 0, at most 1, or null",
        ),
        ({"enum": ["a", "b"]}, "`a`, `b`"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "number"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, "list of text (at least 1)"),
        ({"type": "object", "additionalProperties": {"$ref": "#/$defs/Slice"}}, "name -> [Slice](#slice)"),
        ({}, "anything"),
    ],
)
def test_types_are_written_in_words(node: dict[str, Any], words: str) -> None:
    assert type_text(node) == words


def test_the_verb_names_what_is_old_and_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_mini_tree(tmp_path)
    monkeypatch.chdir(root)
    assert main([]) == 1
    assert "docs/reference.md: not up to date" in capsys.readouterr().err
    assert main(["--write"]) == 0
    assert outdated(root) == []
    assert main([]) == 0
    assert write(root) == []
