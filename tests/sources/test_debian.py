from __future__ import annotations

import io
import os
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.config.source import DebianSource
from harness.errors import SourceError
from harness.sources.archive_limits import Limits
from harness.sources.checksum import sha256_file
from harness.sources.debian import explain_apt, fetch_debian
from harness.sources.fetch import fetch
from tests.tree import copy_tree

WHERE = "data/sources.yaml: voices"
VERSION = "1.6-1"
needs_dpkg = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb unpacks Debian packages")


def make_deb(path: Path, members: Mapping[str, bytes | None]) -> Path:
    """A package with these files; null: a link out of the package."""
    parts = {"debian-binary": b"2.0\n", "control.tar.gz": tar_gz({}), "data.tar.gz": tar_gz(members)}
    content = b"!<arch>\n"
    for name, part in parts.items():
        header = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(part):<10}`\n"
        content += header.encode() + part + b"\n" * (len(part) % 2)
    path.write_bytes(content)
    return path


def tar_gz(members: Mapping[str, bytes | None]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
                packed.addfile(info)
            else:
                info.size = len(content)
                packed.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose files `NAME=VERSION.deb` a stand-in for apt-get brings into the folder in which it runs."""
    folder = tmp_path / "archive"
    folder.mkdir()
    apt = tmp_path / "bin/apt-get"
    apt.parent.mkdir()
    apt.write_text(
        "#!/bin/sh\n"
        '[ "$1 $2 $LC_ALL" = "download --quiet C" ] || { echo "E: Invalid operation $*" >&2; exit 100; }\n'
        f'[ -f "{folder}/$3.deb" ] || {{ echo "E: Unable to locate package ${{3%%=*}}" >&2; exit 100; }}\n'
        f'cp "{folder}/$3.deb" "${{3%%=*}}_all.deb"\n'
    )
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{apt.parent}{os.pathsep}{os.environ['PATH']}")
    return folder


def packed(archive: Path, **packages: Mapping[str, bytes | None]) -> DebianSource:
    """The packages `voices-<key>` put into the archive, as a source that wants their sounds."""
    debs = {
        f"voices-{name}": make_deb(archive / f"voices-{name}={VERSION}.deb", members)
        for name, members in packages.items()
    }
    return pinned({name: sha256_file(deb) for name, deb in debs.items()})


def pinned(packages: dict[str, str]) -> DebianSource:
    return DebianSource(
        kind="debian", version=VERSION, packages=packages, files=("usr/*.wav",), licence="MIT", origin="the test"
    )


def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@needs_dpkg
def test_the_wanted_files_of_each_package_arrive_in_a_folder_of_its_name(archive: Path, tmp_path: Path) -> None:
    source = packed(
        archive,
        en={"./usr/share/1.wav": b"one", "./usr/share/doc/copyright": b"MIT", "./etc/1.wav": b"no"},
        fr={"./usr/share/1.wav": b"un"},
    )
    folder = target(tmp_path)
    fetch_debian(source, folder, where=WHERE)
    assert tree(folder) == {"voices-en/usr/share/1.wav": b"one", "voices-fr/usr/share/1.wav": b"un"}


@needs_dpkg
@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"./usr/1.wav": b"x", "../1.wav": b"x"}, "climbs out"),
        ({"./usr/1.wav": None}, "is a link"),
        ({"./usr/1.txt": b"x"}, "matches nothing"),
        ({"./usr/1.wav": bytes(300_000)}, r"unpacks to 3\d\d,\d\d\d bytes or more"),
    ],
)
def test_a_package_is_trusted_no_more_than_another_archive(
    archive: Path, tmp_path: Path, members: Mapping[str, bytes | None], message: str
) -> None:
    folder = target(tmp_path)
    with pytest.raises(SourceError, match=message) as caught:
        fetch_debian(packed(archive, en=members), folder, where=WHERE, limits=Limits(total_bytes=200_000))
    assert caught.value.where == f"{WHERE}: voices-en"
    assert tree(folder) == {}


@needs_dpkg
def test_another_hash_is_refused_and_a_file_that_is_no_package_is_told(archive: Path, tmp_path: Path) -> None:
    folder = target(tmp_path)
    source = packed(archive, en={"./usr/1.wav": b"x"})
    with pytest.raises(SourceError, match="wrong hash"):
        fetch_debian(pinned({"voices-en": "0" * 64}), folder, where=WHERE)
    deb = archive / f"voices-en={VERSION}.deb"
    deb.write_bytes(b"no package")
    source = pinned({"voices-en": sha256_file(deb)})
    with pytest.raises(SourceError, match=r"dpkg-deb cannot read voices-en_all\.deb: dpkg-deb: error: "):
        fetch_debian(source, folder, where=WHERE)
    assert tree(folder) == {}


@needs_dpkg
def test_a_source_of_this_kind_is_fetched_by_name(archive: Path, tmp_path: Path) -> None:
    source = packed(archive, en={"./usr/1.wav": b"x"}, fr={"./usr/1.wav": b"y"})
    project = copy_tree(tmp_path / "project")
    hashes = "".join(f"      {name}: {sha256}\n" for name, sha256 in source.packages.items())
    entry = f"  voices:\n    kind: debian\n    version: {VERSION}\n    packages:\n{hashes}"
    path = project.root / "data/sources.yaml"
    path.write_text(f"{path.read_text()}{entry}    licence: MIT\n    origin: the test\n")
    assert fetch(project, "voices") == "fetched voices voices-en 1.6-1 and 1 more (MIT), 2 files, 2 B"
    assert fetch(project, "voices") == "up to date: voices voices-en 1.6-1 and 1 more"


@needs_dpkg
@pytest.mark.usefixtures("archive")
def test_a_package_that_apt_does_not_know_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"apt has no voices-en=1\.6-1: Unable to locate package") as caught:
        fetch_debian(pinned({"voices-en": "0" * 64}), target(tmp_path), where=WHERE)
    assert "`apt-get update`" in str(caught.value.hint)


def test_a_machine_without_apt_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="apt-get is not installed") as caught:
        fetch_debian(pinned({"voices-en": "0" * 64}), target(tmp_path), where=WHERE)
    assert "out of params.yaml" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("stderr", "expected", "hint"),
    [
        (
            "E: Version '1.6-1' for 'v' was not found",
            "apt has no v=1.6-1: Version '1.6-1' for 'v'",
            "apt-cache policy v",
        ),
        (
            "W: unsandboxed\nE: Failed to fetch x  Could not connect to y - connect (111: Connection refused)",
            "apt-get could not download v=1.6-1: Failed to fetch x",
            "check the network",
        ),
        ("E: disk full", "apt-get could not download v=1.6-1: disk full", "apt-get download v=1.6-1"),
        ("", "nothing on stderr", "apt-get download v=1.6-1"),
    ],
)
def test_apts_own_words_are_passed_on(stderr: str, expected: str, hint: str) -> None:
    error = explain_apt(stderr, "v=1.6-1", where=WHERE)
    assert expected in error.what
    assert hint in str(error.hint)
