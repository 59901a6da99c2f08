from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.project import Project
from harness.errors import ConfigError, SourceError
from harness.sources import fetch as fetch_module
from harness.sources.fetch import fetch, readable_size
from harness.sources.licences import licence_table
from harness.verbs.fetch import main

SOURCES = """\
sources:
  table:
    kind: path
    path: own/table.csv
    sha256: {sha256}
    licence: CC0-1.0
    origin: the test
  folder:
    kind: path
    path: own
    licence: MIT
    origin: the test, too
"""
PARAMS = (Path(__file__).parents[2] / "harness/profiles/cpu.yaml").read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/table.csv").write_text("a,b\n1,2\n")
    (tmp_path / "data").mkdir()
    sha256 = hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    (tmp_path / "data/sources.yaml").write_text(SOURCES.format(sha256=sha256))
    (tmp_path / "dvc.yaml").touch()
    lines = ["sources: [folder, table]" if line.startswith("sources:") else line for line in PARAMS.splitlines()]
    (tmp_path / "params.yaml").write_text("\n".join(lines) + "\n")
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_source_arrives_whole_with_one_line_that_says_so(project: Project) -> None:
    line = fetch(project, "table")
    assert line == "fetched table own/table.csv (CC0-1.0), 1 file, 8 B"
    assert sorted(tree(project.root / "data/sources")) == ["table/ORIGIN.json", "table/table.csv"]


def test_a_second_fetch_does_nothing(project: Project) -> None:
    fetch(project, "table")
    before = (project.source_folder("table") / "ORIGIN.json").stat()
    assert fetch(project, "table") == "up to date: table own/table.csv"
    assert (project.source_folder("table") / "ORIGIN.json").stat() == before


def test_an_altered_file_is_fetched_again(project: Project) -> None:
    fetch(project, "table")
    before = tree(project.root / "data/sources")
    (project.source_folder("table") / "table.csv").write_text("tampered")
    assert fetch(project, "table").startswith("fetched table")
    assert tree(project.root / "data/sources") == before


def test_a_local_folder_that_changed_is_fetched_again(project: Project) -> None:
    fetch(project, "folder")
    (project.root / "own/table.csv").write_text("new")
    assert fetch(project, "folder").startswith("fetched folder")
    assert (project.source_folder("folder") / "table.csv").read_text() == "new"


def test_a_wrong_hash_leaves_nothing(project: Project) -> None:
    (project.root / "own/table.csv").write_text("changed upstream")
    with pytest.raises(SourceError):
        fetch(project, "table")
    assert list((project.root / "data/sources").iterdir()) == []


def test_a_failed_fetch_keeps_what_was_there(project: Project) -> None:
    fetch(project, "table")
    before = tree(project.root / "data/sources")
    (project.root / "own/table.csv").write_text("changed upstream")
    with pytest.raises(SourceError):
        fetch(project, "table")
    assert tree(project.root / "data/sources") == before


def test_an_interrupt_leaves_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(source: object, folder: Path, **options: object) -> None:
        (folder / "half").write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(fetch_module, "fetch_path", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch(project, "table")
    assert list((project.root / "data/sources").iterdir()) == []


def test_without_names_all_sources_of_params_are_fetched(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["folder", "table"]


def test_a_name_given_twice_is_fetched_once(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", "table"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_an_unknown_name_is_told_before_anything_is_fetched(project: Project) -> None:
    with pytest.raises(ConfigError, match="tabel") as caught:
        main(["folder", "tabel"])
    assert caught.value.hint == 'did you mean "table"?'
    assert not (project.root / "data/sources").exists()


def test_the_licence_table_lists_the_sources_in_use(project: Project) -> None:
    assert licence_table(project) == [
        {"name": "folder", "identity": "own", "licence": "MIT", "origin": "the test, too"},
        {"name": "table", "identity": "own/table.csv", "licence": "CC0-1.0", "origin": "the test"},
    ]


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (2_687_688, "2.7 MB"),
        (999_960, "1.0 MB"),
        (3 * 10**15, "3000.0 TB"),
    ],
)
def test_sizes_are_shown_in_decimal_units(size: int, text: str) -> None:
    assert readable_size(size) == text


@given(st.integers(1000, 10**14))
def test_a_readable_size_is_within_its_rounding(size: int) -> None:
    amount, unit = readable_size(size).split()
    factor = {"kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}[unit]
    assert abs(float(amount) * factor - size) <= 0.0501 * factor
