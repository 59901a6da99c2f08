from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import SourceError
from harness.sources.checksum import git_blob_sha1, hash_tree, require_hash, sha256_file


@given(st.binary(max_size=200))
def test_sha256_of_a_file_is_that_of_its_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("hash") / "file"
    file.write_bytes(content)
    assert sha256_file(file) == hashlib.sha256(content).hexdigest()


def test_the_git_hash_is_the_one_git_computes(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"hello\n")
    git = subprocess.run(["git", "hash-object", str(file)], capture_output=True, text=True, check=True)
    assert git_blob_sha1(file) == git.stdout.strip()


def test_a_wrong_hash_names_the_file_and_both_hashes() -> None:
    with pytest.raises(SourceError) as caught:
        require_hash("a" * 64, "b" * 64, file="x.whl", where="data/sources.yaml: x")
    told = str(caught.value)
    assert "x.whl" in told
    assert "a" * 64 in told
    assert "b" * 64 in told


def test_a_tree_is_listed_by_relative_path_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("z", "b/y", "b/.hidden"):
        (tmp_path / name).write_text(name)
    assert list(hash_tree(tmp_path)) == ["b/.hidden", "b/y", "z"]
