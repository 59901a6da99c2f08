from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from harness.config.source import NpmSource
from harness.errors import SourceError
from harness.sources.checksum import sha256_file
from harness.sources.fetch import fetch
from harness.sources.npm import explain_npm, fetch_npm
from tests.tree import copy_tree

WHERE = "data/sources.yaml: mails"


@pytest.fixture
def tarball(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that a stand-in for npm brings into the folder that it is told, and nothing else."""
    file = tmp_path / "stdlib-mails-0.2.3.tgz"
    with tarfile.open(file, "w:gz") as packed:
        for name, content in {"package/data/a/1.json": b'{"id": 1}', "package/lib/index.js": b"throw 1"}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    npm = tmp_path / "bin/npm"
    npm.parent.mkdir()
    npm.write_text(
        "#!/bin/sh\n"
        'case "$*" in "pack --ignore-scripts "*" @stdlib/mails@0.2.3") ;;\n'
        '*) echo "npm error code E404" >&2; exit 1;; esac\n'
        'for word in "$@"; do case $word in --pack-destination=*) folder=${word#*=};; esac; done\n'
        f'cp "{file}" "$folder"\n'
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}{os.pathsep}{os.environ['PATH']}")
    return file


def pinned(sha256: str, *, version: str = "0.2.3") -> NpmSource:
    return NpmSource(
        kind="npm",
        package="@stdlib/mails",
        version=version,
        sha256=sha256,
        files=("package/data/*",),
        licence="CC0-1.0",
        origin="the test",
    )


def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def test_only_the_wanted_members_of_the_package_arrive(tarball: Path, tmp_path: Path) -> None:
    folder = target(tmp_path)
    fetch_npm(pinned(sha256_file(tarball)), folder, where=WHERE)
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert files == ["package/data/a/1.json"]


def test_another_hash_than_the_pinned_one_is_refused_before_extraction(tarball: Path, tmp_path: Path) -> None:
    folder = target(tmp_path)
    with pytest.raises(SourceError) as caught:
        fetch_npm(pinned("0" * 64), folder, where=WHERE)
    assert sha256_file(tarball) in caught.value.what
    assert list(folder.iterdir()) == []


def test_a_source_of_this_kind_is_fetched_by_name(tarball: Path, tmp_path: Path) -> None:
    project = copy_tree(tmp_path / "project")
    entry = "  mails:\n    kind: npm\n    package: '@stdlib/mails'\n    version: 0.2.3\n"
    entry += f"    sha256: {sha256_file(tarball)}\n    licence: CC0-1.0\n    origin: the test\n"
    path = project.root / "data/sources.yaml"
    path.write_text(f"{path.read_text()}{entry}")
    assert fetch(project, "mails") == "fetched mails @stdlib/mails 0.2.3 (CC0-1.0), 2 files, 16 B"
    assert fetch(project, "mails") == "up to date: mails @stdlib/mails 0.2.3"


@pytest.mark.usefixtures("tarball")
def test_a_version_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"npm's registry has no @stdlib/mails@7\.0\.0") as caught:
        fetch_npm(pinned("0" * 64, version="7.0.0"), target(tmp_path), where=WHERE)
    assert "`version`" in str(caught.value.hint)


def test_a_machine_without_npm_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="npm is not installed") as caught:
        fetch_npm(pinned("0" * 64), target(tmp_path), where=WHERE)
    assert "kind `path`" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("stderr", "expected"),
    [
        (
            "npm error code ECONNREFUSED\nnpm error syscall connect\n",
            "npm could not reach the registry for @stdlib/mails@0.2.3: syscall connect",
        ),
        (
            "npm error code ETARGET\nnpm error notarget No matching version found\n",
            "npm's registry has no @stdlib/mails@0.2.3: notarget No matching version found",
        ),
        ("npm ERR! disk full\n", "npm could not download @stdlib/mails@0.2.3: disk full"),
        ("", "npm could not download @stdlib/mails@0.2.3: nothing on stderr"),
    ],
)
def test_npms_own_words_are_passed_on(stderr: str, expected: str) -> None:
    assert explain_npm(stderr, pinned("0" * 64), where=WHERE).what == expected
