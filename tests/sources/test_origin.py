from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from harness.config.source import Source
from harness.errors import SourceError
from harness.sources.identity import identity, identity_text
from harness.sources.origin import ORIGIN_FILE, files_if_current, write_origin

ENTRIES: dict[str, dict[str, Any]] = {
    "wheel": {"kind": "wheel", "package": "p", "version": "1.0", "sha256": "0" * 64, "files": ["*.json"]},
    "hub": {"kind": "hub", "repo": "org/m", "revision": "b" * 40},
    "url": {"kind": "url", "url": "https://h/f.zip", "sha256": "1" * 64, "extract": True},
    "path": {"kind": "path", "path": "own/data"},
}


def source(kind: str, **changes: Any) -> Source:
    entry = {**ENTRIES[kind], "licence": "MIT", "origin": "someone in Zürich", **changes}
    parsed: Source = TypeAdapter(Source).validate_python(entry)
    return parsed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "x/data").mkdir(parents=True)
    (tmp_path / "x/data/a.json").write_text("{}")
    return tmp_path / "x"


@pytest.mark.parametrize("kind", ENTRIES)
def test_what_was_recorded_is_current(kind: str, folder: Path) -> None:
    files = write_origin("x", source(kind), folder=folder, where="here")
    assert list(files) == ["data/a.json"]
    assert files_if_current("x", source(kind), folder=folder) == files


@pytest.mark.parametrize("kind", ENTRIES)
def test_the_record_is_byte_stable_and_knows_no_machine(kind: str, folder: Path, tmp_path: Path) -> None:
    write_origin("x", source(kind), folder=folder, where="here")
    first = (folder / ORIGIN_FILE).read_bytes()
    (folder / ORIGIN_FILE).unlink()
    folder.rename(tmp_path / "moved")
    write_origin("x", source(kind), folder=tmp_path / "moved", where="here")
    assert (tmp_path / "moved" / ORIGIN_FILE).read_bytes() == first
    assert str(tmp_path).encode() not in first
    record = json.loads(first)
    assert list(record) == ["name", "kind", "identity", "sha256", "globs", "licence", "origin", "files"]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("wheel", {"version": "1.1"}),
        ("wheel", {"sha256": "2" * 64}),
        ("wheel", {"files": ["*"]}),
        ("wheel", {"licence": "GPL-3.0-only"}),
        ("hub", {"revision": "c" * 40}),
        ("hub", {"repo_type": "dataset"}),
        ("url", {"extract": False}),
        ("path", {"path": "own/other"}),
    ],
)
def test_another_pin_is_not_current(kind: str, changes: dict[str, Any], folder: Path) -> None:
    write_origin("x", source(kind), folder=folder, where="here")
    assert files_if_current("x", source(kind, **changes), folder=folder) is None


@pytest.mark.parametrize("damage", ["altered", "added", "missing", "dead link", "no record", "broken record"])
def test_a_folder_that_was_touched_is_not_current(damage: str, folder: Path) -> None:
    write_origin("x", source("wheel"), folder=folder, where="here")
    file = folder / "data/a.json"
    if damage == "altered":
        file.write_text("[]")
    elif damage == "added":
        file.with_name("b.json").touch()
    elif damage == "no record":
        (folder / ORIGIN_FILE).unlink()
    elif damage == "broken record":
        (folder / ORIGIN_FILE).write_text("{")
    else:
        file.unlink()
        if damage == "dead link":
            file.symlink_to("nowhere")
    assert files_if_current("x", source("wheel"), folder=folder) is None


def test_a_folder_that_does_not_exist_is_not_current(tmp_path: Path) -> None:
    assert files_if_current("x", source("wheel"), folder=tmp_path / "nothing") is None


def test_a_source_with_a_record_of_its_own_is_refused(folder: Path) -> None:
    (folder / ORIGIN_FILE).write_text("{}")
    with pytest.raises(SourceError, match=r"itself contains a file ORIGIN\.json"):
        write_origin("x", source("path"), folder=folder, where="here")


def test_an_empty_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="contains no file"):
        write_origin("x", source("path"), folder=tmp_path, where="here")


def test_an_absolute_path_is_known_by_its_last_part_only() -> None:
    entry = source("path", path="/home/someone/data.csv")
    assert identity(entry) == {"path": "data.csv"}
    assert identity_text(entry) == "data.csv"


@pytest.mark.parametrize(
    ("kind", "text"),
    [("wheel", "p 1.0"), ("hub", "org/m@bbbbbbbbbbbb"), ("url", "https://h/f.zip"), ("path", "own/data")],
)
def test_each_kind_has_a_short_name_for_people(kind: str, text: str) -> None:
    assert identity_text(source(kind)) == text
