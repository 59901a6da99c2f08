from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.tree import ROOT

ROOMS = ("contract", "board", "tables", "sections", "rendering", "compare", "close_up", "page")
"""Rooms of harness/reports: each may import from itself and from the rooms before it."""
APART = {"compare": {"contract", "board"}}
"""Rooms that need fewer of them."""
FILES = sorted((ROOT / "harness/reports").glob("*/**/*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "harness/reports").parts[0]


def imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("harness.reports."):
            found.add((node.module or "").split(".")[2])
    return found


def test_every_room_has_its_place_in_the_order() -> None:
    assert {room_of(path) for path in FILES} == set(ROOMS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_room_imports_from_rooms_before_it_only(path: Path) -> None:
    room = room_of(path)
    allowed = APART.get(room, set(ROOMS[: ROOMS.index(room)])) | {room}
    assert imported_rooms(path) <= allowed
