from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from harness.config.source import PathSource
from harness.errors import SourceError
from harness.sources.local_path import fetch_path, local_hashes

WHERE = "data/sources.yaml: mine"


def source(path: str, *, sha256: str | None = None) -> PathSource:
    return PathSource(kind="path", path=path, sha256=sha256, licence="x", origin="me")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data/sources/.mine.partial").mkdir(parents=True)
    (tmp_path / "own/deep").mkdir(parents=True)
    (tmp_path / "own/a.csv").write_text("a")
    (tmp_path / "own/deep/b.csv").write_text("b")
    return tmp_path


def fetched(root: Path, entry: PathSource) -> dict[str, str]:
    folder = root / "data/sources/.mine.partial"
    fetch_path(entry, folder, root=root, where=WHERE)
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("absolute", [False, True])
def test_a_folder_is_copied_with_its_structure(absolute: bool, root: Path) -> None:
    path = str(root / "own") if absolute else "own"
    assert fetched(root, source(path)) == {"a.csv": "a", "deep/b.csv": "b"}


def test_a_file_with_the_right_hash_is_copied(root: Path) -> None:
    entry = source("own/a.csv", sha256=hashlib.sha256(b"a").hexdigest())
    assert fetched(root, entry) == {"a.csv": "a"}


def test_a_file_with_another_hash_is_refused_with_both(root: Path) -> None:
    with pytest.raises(SourceError) as caught:
        fetched(root, source("own/a.csv", sha256="0" * 64))
    assert hashlib.sha256(b"a").hexdigest() in caught.value.what
    assert "own/a.csv" in caught.value.what
    assert caught.value.expected == "0" * 64


def test_a_link_to_a_file_is_copied_as_a_file_under_the_name_of_the_link(root: Path) -> None:
    (root / "own/deep/b.csv").rename(root / "elsewhere-v7.csv")
    (root / "own/deep/b.csv").symlink_to(root / "elsewhere-v7.csv")
    assert fetched(root, source("own/deep/b.csv")) == {"b.csv": "b"}
    assert not (root / "data/sources/.mine.partial/b.csv").is_symlink()


def test_a_missing_path_says_where_relative_paths_start(root: Path) -> None:
    with pytest.raises(SourceError, match=r"own/c\.csv does not exist") as caught:
        fetched(root, source("own/c.csv"))
    assert "project's root" in str(caught.value.hint)


def test_an_empty_folder_is_refused(root: Path) -> None:
    (root / "empty/deep").mkdir(parents=True)
    with pytest.raises(SourceError, match="holds no file"):
        fetched(root, source("empty"))


def test_the_hash_of_a_folder_is_that_of_what_sha256sum_prints(root: Path) -> None:
    files = {"a.csv": "a", "deep/b.csv": "b"}
    lines = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in files.items())
    digest = hashlib.sha256(lines.encode()).hexdigest()
    assert fetched(root, source("own", sha256=digest)) == files
    (root / "own/a.csv").write_text("changed")
    with pytest.raises(SourceError, match="own has the wrong hash"):
        fetched(root, source("own", sha256=digest))


def test_globs_choose_files_of_a_folder(root: Path) -> None:
    chosen = source("own").model_copy(update={"files": ("deep/*",)})
    assert fetched(root, chosen) == {"deep/b.csv": "b"}
    with pytest.raises(SourceError, match=r'the glob "\*.safetensors" in `files` matches nothing'):
        fetched(root, source("own").model_copy(update={"files": ("*.safetensors",)}))


@pytest.mark.parametrize("odd", ["folder link", "dead link", "pipe"])
def test_what_cannot_be_copied_as_a_file_is_named(odd: str, root: Path) -> None:
    strange = root / "own/strange"
    if odd == "pipe":
        os.mkfifo(strange)
    else:
        strange.symlink_to(root / ("data" if odd == "folder link" else "nowhere"))
    with pytest.raises(SourceError, match="strange is a link to a folder, a broken link or a device"):
        fetched(root, source("own"))


@pytest.mark.parametrize("path", [".", "data", "data/sources", "data/sources/mine"])
def test_a_path_that_overlaps_the_destination_is_refused(path: str, root: Path) -> None:
    with pytest.raises(SourceError, match="is inside data/sources/ or contains it"):
        fetched(root, source(path))


def test_the_hashes_follow_the_content(root: Path) -> None:
    before = local_hashes(source("own"), root=root, where=WHERE)
    (root / "own/a.csv").write_text("changed")
    after = local_hashes(source("own"), root=root, where=WHERE)
    assert before["deep/b.csv"] == after["deep/b.csv"]
    assert before["a.csv"] != after["a.csv"]
