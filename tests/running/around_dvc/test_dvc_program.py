from __future__ import annotations

from pathlib import Path

import pytest
from dvc.utils.serialize import _yaml, modify_yaml

from harness.running.around_dvc.dvc_program import read_lock_fast
from tests.tree import ROOT


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_yaml, "parse_yaml_for_update", _yaml.parse_yaml_for_update)
    read_lock_fast()


def changed(path: Path) -> str:
    """The file after DVC has changed the command of one stage."""
    path.write_text((ROOT / "dvc.lock").read_text())
    with modify_yaml(str(path)) as content:
        content["stages"]["fingerprint"]["cmd"] = "other"
    return path.read_text()


def test_what_dvc_writes_is_the_same(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    slow = changed(tmp_path / "dvc.lock")
    request.getfixturevalue("fast")
    assert changed(tmp_path / "dvc.lock") == slow
    assert "cmd: other" in slow


@pytest.mark.usefixtures("fast")
def test_comments_in_other_files_stay(tmp_path: Path) -> None:
    path = tmp_path / "dvc.yaml"
    path.write_text("a: 1 # one\n")
    with modify_yaml(str(path)) as content:
        content["b"] = 2
    assert path.read_text() == "a: 1 # one\nb: 2\n"
