"""The rooms of the harness: what each may import, as the table in docs/architecture.md says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.fingerprint.import_closure import Imports

ROOT = Path(__file__).parents[1]
FOR_ALL = {"errors", "discovery", "__init__"}
"""Modules beside the rooms: every room may import them."""


def table() -> dict[str, set[str]]:
    """Room -> rooms that it may import, in the order of the table."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `harness/(\w+)` \|[^|]*\|([^|]*)\|$", text, flags=re.MULTILINE)
    return {room: set(re.findall(r"\w+", allowed.replace("nothing", ""))) for room, allowed in rows}


def imported(room: str) -> dict[str, str]:
    """Other rooms that the modules of a room import, also inside functions -> one module that does."""
    imports, found = Imports(ROOT), dict[str, str]()
    for path in sorted((ROOT / "harness" / room).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        for item in imports.imports_of(module):
            if item.module.split(".")[0] == "harness":
                target = [*item.module.split("."), item.name or "__init__"][1]
                found.setdefault(target, module)
    return {name: module for name, module in found.items() if name not in FOR_ALL | {room, "__version__"}}


def test_the_table_lists_every_room() -> None:
    folders = {path.name for path in (ROOT / "harness").iterdir() if (path / "__init__.py").is_file()}
    assert set(table()) == folders


def test_a_room_may_import_only_rooms_above_it() -> None:
    above: set[str] = set()
    for room, allowed in table().items():
        assert allowed <= above, f"{room} may import {sorted(allowed - above)}, which stand below it"
        above.add(room)


@pytest.mark.parametrize("room", sorted(table()))
def test_a_room_imports_what_the_table_says(room: str) -> None:
    found = imported(room)
    extra = {name: module for name, module in found.items() if name not in table()[room]}
    assert not extra, f"{room} imports rooms that docs/architecture.md does not list for it: {extra}"
    assert table()[room] <= set(found), f"{room} imports nothing of {sorted(table()[room] - set(found))}"
