from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.scoring.kept.code_hash import CodeHashes
from tests.tree import ROOT

KINDS = ("claims", "classification", "style")


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A copy of the package, to be edited."""
    shutil.copytree(ROOT / "harness", tmp_path / "harness", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def hashes(root: Path) -> dict[str | None, str]:
    code = CodeHashes(["lora"], root=root)
    return {kind: code.of_kind(kind) for kind in (*KINDS, None)}


def changed(root: Path, file: str, line: str) -> set[str | None]:
    """The kinds whose hash a further line in a file changes; None: what is used without any kind."""
    before, path = hashes(root), root / "harness" / file
    path.write_text(path.read_text() + f"\n{line}\n")
    return {kind for kind, found in hashes(root).items() if found != before[kind]}


def test_the_code_of_one_kind_counts_for_this_kind(code: Path) -> None:
    assert changed(code, "scoring/kinds/claims.py", "LIMIT = 3") == {"claims"}


def test_a_new_kind_changes_no_other(code: Path) -> None:
    before = hashes(code)
    shutil.copy(code / "harness/scoring/kinds/claims.py", code / "harness/scoring/kinds/more_claims.py")
    assert hashes(code) == before


@pytest.mark.parametrize(
    "file",
    [
        "scoring/likelihood/tree_likelihood.py",
        "scoring/ask.py",
        "scoring/score.py",
        "models/causal_lm.py",
        "models/encoding/chat.py",
        "models/greedy.py",
        "measure/matmul.py",
        "methods/lora.py",
        "items/rows.py",
    ],
)
def test_shared_code_counts_for_every_kind(code: Path, file: str) -> None:
    assert {"claims", "classification", "style"} <= changed(code, file, "LIMIT = 3")


def test_comments_other_methods_and_the_board_do_not_count(code: Path) -> None:
    assert changed(code, "scoring/kinds/claims.py", "# a comment") == set()
    assert changed(code, "methods/setfit.py", "LIMIT = 3") == set()
    assert changed(code, "reports/write.py", "LIMIT = 3") == set()


def test_the_hash_is_that_of_the_package_that_runs() -> None:
    assert CodeHashes(["lora"]).of_kind("claims") == CodeHashes(["lora"], root=ROOT).of_kind("claims")
