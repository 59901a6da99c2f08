from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.edits.yaml_edit import YamlEdit, add_to_list, remove_from_list
from tests.tree import ROOT

FILES = ["params.yaml", "data/sources.yaml", *(f"harness/profiles/{name}.yaml" for name in ("smoke", "cpu", "gpu"))]

BLOCK = """\
# head
domains: # these
  - one
  - two # the second

# next
other: "text" # why
"""


@pytest.mark.parametrize("file", FILES)
def test_the_files_of_the_repository_come_back_byte_for_byte(file: str) -> None:
    assert YamlEdit(ROOT / file).text() == (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("file", ["params.yaml", *FILES[2:]])
def test_adding_and_removing_a_name_leaves_the_file_as_it_was(file: str, tmp_path: Path) -> None:
    before = (ROOT / file).read_text(encoding="utf-8")
    path = tmp_path / "params.yaml"
    path.write_text(before, encoding="utf-8")
    for change in (add_to_list, remove_from_list):
        edit = YamlEdit(path)
        for key in ("sources", "domains", "prepared_domains"):
            change(edit.content, key, "tickets")
        path.write_text(edit.text(), encoding="utf-8")
        assert (path.read_text(encoding="utf-8") == before) == (change is remove_from_list)


def test_a_block_list_keeps_its_layout_and_all_comments(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(BLOCK)
    edit = YamlEdit(path)
    add_to_list(edit.content, "domains", "new")
    add_to_list(edit.content, "domains", "one")
    assert edit.text() == BLOCK.replace("  - two", "  - new\n  - two")
    remove_from_list(edit.content, "domains", "new")
    remove_from_list(edit.content, "domains", "absent")
    assert edit.text() == BLOCK


def test_line_ends_of_windows_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: [x] # c\r\nb: 1\r\n")
    edit = YamlEdit(path)
    add_to_list(edit.content, "a", "y")
    assert edit.text() == "a: [x, y] # c\r\nb: 1\r\n"


@given(
    st.lists(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), unique=True), st.sampled_from(["no", "on1", "y"])
)
def test_names_are_added_once_and_in_their_order(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], new: str
) -> None:
    path = tmp_path_factory.mktemp("edit") / "a.yaml"
    path.write_text(f"list: [{', '.join(names)}] # comment\n")
    edit = YamlEdit(path)
    before = list(edit.content["list"])
    add_to_list(edit.content, "list", new)
    add_to_list(edit.content, "list", new)
    assert edit.content["list"] == [*(name for name in before if name != new), new] or new in before
    assert edit.text().endswith("] # comment\n")
