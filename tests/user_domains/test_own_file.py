from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.user_domains.own_file import own_file


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "project/data/sources/x").mkdir(parents=True)
    (tmp_path / "project/mine.csv").write_text("a,b\n")
    return tmp_path / "project"


def test_a_file_inside_is_named_from_the_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "data")
    file = own_file(Path("../mine.csv"), root=root)
    assert (file.source_path, file.is_inside) == ("mine.csv", True)


def test_a_file_outside_is_named_absolutely(root: Path) -> None:
    outside = root.parent / "other.csv"
    outside.write_text("a,b\n")
    file = own_file(outside, root=root)
    assert (file.source_path, file.is_inside) == (str(outside), False)
    dotted = own_file(root / "../other.csv", root=root)
    assert dotted == file


def test_a_link_in_the_project_keeps_its_name(root: Path) -> None:
    outside = root.parent / "other.csv"
    outside.write_text("a,b\n")
    (root / "link.csv").symlink_to(outside)
    assert own_file(root / "link.csv", root=root).source_path == "link.csv"


def test_a_missing_file_is_told_with_those_that_are_alike(root: Path) -> None:
    with pytest.raises(DataError) as caught:
        own_file(root / "mien.csv", root=root)
    assert (caught.value.what, caught.value.hint) == ("the file does not exist", 'did you mean "mine.csv"?')
    with pytest.raises(DataError) as caught:
        own_file(root / "no/mine.csv", root=root)
    assert "does not exist either" in str(caught.value.hint)


def test_sources_folders_around_them_and_the_name_of_the_record_file_are_refused(root: Path) -> None:
    (root / "data/sources/x/a.csv").write_text("a,b\n")
    (root / "link.csv").symlink_to(root / "data/sources/x/a.csv")
    (root / "ORIGIN.json").write_text("{}")
    for name, what in {
        ".": "contains data/sources/",
        "data/sources/x": "is inside data/sources/",
        "data/sources/x/a.csv": "is inside data/sources/",
        "link.csv": "is inside data/sources/",
        "ORIGIN.json": "is named ORIGIN.json",
    }.items():
        with pytest.raises(DataError, match=what):
            own_file(root / name, root=root)


def test_a_link_to_nothing_is_told_as_that(root: Path) -> None:
    (root / "link.csv").symlink_to("gone.csv")
    with pytest.raises(DataError, match=r"is a link to a file that does not exist\n  expected: gone\.csv"):
        own_file(root / "link.csv", root=root)


def test_a_name_too_long_for_any_file_is_reported(root: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: File name too long"):
        own_file(Path("a" * 300 + ".csv"), root=root)


def test_a_file_that_may_not_be_read_is_reported(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)  # file modes do not bind root, who may run the tests
    with pytest.raises(DataError, match="cannot be read: Permission denied"):
        own_file(root / "mine.csv", root=root)
    monkeypatch.setattr(Path, "exists", refuse)
    with pytest.raises(DataError, match="cannot be read: Permission denied"):
        own_file(root / "mine.csv", root=root)


def test_a_name_that_no_configuration_can_hold_is_reported(root: Path) -> None:
    path = root / os.fsdecode(b"caf\xe9.csv")
    try:
        path.write_text("a,b\n")
    except OSError:
        pytest.skip("the file system allows names in UTF-8 only")
    with pytest.raises(DataError, match="the name of the file is not UTF-8"):
        own_file(path, root=root)
