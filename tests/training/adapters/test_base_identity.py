from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.errors import DataError
from harness.training.adapters.base_identity import require_same_base, weights_hash, write_base


def context(base: Path, *, parent: Any = None) -> Any:
    recipe = SimpleNamespace(run=SimpleNamespace(method="lora"))
    parents = {"model": parent} if parent else {}
    return SimpleNamespace(base=base, base_name="a base", recipe=recipe, parents=parents, folder=base)


def folder(path: Path, **files: str) -> Path:
    path.mkdir()
    for name, content in files.items():
        (path / f"{name}.safetensors").write_text(content)
    return path


def test_the_hash_is_of_the_weights_and_not_of_where_they_lie(tmp_path: Path) -> None:
    first = folder(tmp_path / "first", one="1", two="2")
    second = folder(tmp_path / "second", one="1", two="2")
    (second / "config.json").write_text("{}")
    other = folder(tmp_path / "other", one="1", two="3")
    assert weights_hash(context(first)) == weights_hash(context(second)) != weights_hash(context(other))


def test_weights_that_change_while_the_process_runs_are_hashed_anew(tmp_path: Path) -> None:
    base = folder(tmp_path / "base", one="1")
    before = weights_hash(context(base))
    (base / "one.safetensors").write_text("22")
    assert weights_hash(context(base)) != before


def test_the_base_of_a_child_is_its_parent_and_what_that_stands_on(tmp_path: Path) -> None:
    base, other = folder(tmp_path / "base", one="1"), folder(tmp_path / "other", one="2")
    run = folder(tmp_path / "run", adapter="3")
    on_base, on_other = context(base), context(other)
    on_base.folder = on_other.folder = run
    hashes = {weights_hash(context(base, parent=parent)) for parent in (on_base, on_other)}
    assert len({*hashes, weights_hash(context(base))}) == 3


def test_no_weights_and_no_note_are_told(tmp_path: Path) -> None:
    base, empty = folder(tmp_path / "base", one="1"), folder(tmp_path / "empty")
    with pytest.raises(DataError, match="no weights here"):
        weights_hash(context(empty))
    with pytest.raises(DataError, match="the file that names the adapter's base is missing"):
        require_same_base(context(base), empty)
    write_base(context(base), empty)
    require_same_base(context(base), empty)
