from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import SourceError
from harness.sources.member_path import require_distinct, safe_member_path

PARTS = st.sampled_from(["..", ".", "", "a", "b.json", "C:", "\\", "~", "con", "ä", "\x00", " ", "..\\.."])
NAMES = st.one_of(st.text(max_size=40), st.lists(PARTS, max_size=6).map("/".join))


@given(NAMES)
def test_an_accepted_name_stays_below_its_folder(name: str) -> None:
    try:
        path = safe_member_path(name, where="here")
    except SourceError:
        return
    folder = Path("/some/folder")
    resolved = (folder / path).resolve()
    assert resolved != folder
    assert resolved.is_relative_to(folder)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("../etc/passwd", "climbs out"),
        ("data/../../x", "climbs out"),
        ("a/..", "climbs out"),
        ("/etc/passwd", "absolute"),
        ("//server/share", "absolute"),
        ("C:/Windows/x", "drive letter"),
        ("./C:/Windows/x", "drive letter"),
        ("..\\..\\x", "backslash"),
        ("a\x00b", "control character"),
        ("", "no name"),
        (".", "no name"),
        ("\udcff", "not Unicode"),
        ("x" * 256, "too long"),
        ("x/" * 600, "too long"),
    ],
)
def test_a_dangerous_name_is_refused_with_its_reason(name: str, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        safe_member_path(name, where="here")


@pytest.mark.parametrize("name", ["data/2020-01-01T10:00.json", "a b/c..d", "...", "./x//y", ".gitattributes"])
def test_an_unusual_but_harmless_name_is_accepted(name: str) -> None:
    assert safe_member_path(name, where="here") == PurePosixPath(name)


def test_the_same_path_twice_is_refused() -> None:
    with pytest.raises(SourceError, match="'a/b' twice"):
        require_distinct([PurePosixPath("a/b"), PurePosixPath("a//b")], where="here")


def test_a_file_where_another_needs_a_folder_is_refused() -> None:
    with pytest.raises(SourceError, match="'a' as a file and as a folder"):
        require_distinct([PurePosixPath("a"), PurePosixPath("a/b")], where="here")
