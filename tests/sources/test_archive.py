from __future__ import annotations

import contextlib
import io
import stat
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import SourceError
from harness.sources.archive import extract
from harness.sources.archive_limits import Limits

CONTENT = {"data/a.json": b'{"a": 1}' * 50, "data/deep/b.txt": b"b" * 300, "code.py": b"raise SystemExit"}
KINDS = ["zip", "tar", "tar.gz"]


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in members.items():
            zipped.writestr(name or "/", content)  # zipfile cannot write an empty name
    return path


def make_tar(path: Path, members: dict[str, bytes], *, mode: str = "w") -> Path:
    with tarfile.open(path, mode) as tarred:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tarred.addfile(info, io.BytesIO(content))
    return path


def make(kind: str, path: Path, members: dict[str, bytes]) -> Path:
    if kind == "zip":
        return make_zip(path, members)
    return make_tar(path, members, mode="w:gz" if kind == "tar.gz" else "w")


def unpack(archive: Path, *globs: str, limits: Limits | None = None) -> dict[str, bytes]:
    folder = archive.with_name(archive.name + ".out")
    folder.mkdir()
    extract(archive, folder, globs=globs or ("*",), where="data/sources.yaml: x", limits=limits)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("kind", KINDS)
def test_only_wanted_members_are_extracted_whatever_the_file_is_called(kind: str, tmp_path: Path) -> None:
    archive = make(kind, tmp_path / "download", CONTENT)
    assert unpack(archive, "data/*") == {k: v for k, v in CONTENT.items() if k.startswith("data/")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_climbs_out_is_refused_even_if_not_wanted(kind: str, tmp_path: Path) -> None:
    archive = make(kind, tmp_path / "evil", {"data/a.json": b"{}", "../evil.txt": b"x"})
    with pytest.raises(SourceError, match=r"climbs out"):
        unpack(archive, "data/*")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["evil", "evil.out"]


PARTS = st.sampled_from(["..", ".", "", "a", "b", "C:", "\\x", "ä", "tmp"])
NAMES = st.lists(st.lists(PARTS, min_size=1, max_size=4).map("/".join), min_size=1, max_size=4, unique=True)


@settings(max_examples=30)
@given(names=NAMES, kind=st.sampled_from(KINDS))
def test_no_archive_writes_outside_its_folder(names: list[str], kind: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        inner = Path(scratch, "one", "two", "three")
        inner.mkdir(parents=True)
        archive = make(kind, inner / "archive", dict.fromkeys(names, b"x"))
        try:
            written = unpack(archive)
        except SourceError:
            written = {}
        outside = [p for p in Path(scratch).rglob("*") if p.is_file() and "archive.out" not in p.parts and p != archive]
        assert outside == []
        assert set(written.values()) <= {b"x"}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(kind: bytes, tmp_path: Path) -> None:
    info = tarfile.TarInfo("data/link")
    info.type, info.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "t.tar", "w") as tarred:
        tarred.addfile(info)
    with pytest.raises(SourceError, match="link or a device"):
        unpack(tmp_path / "t.tar")


def test_a_symlink_in_a_zip_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("data/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as zipped:
        zipped.writestr(info, "/etc/passwd")
    with pytest.raises(SourceError, match="link or a device"):
        unpack(tmp_path / "z.zip")


def test_a_link_that_is_not_wanted_does_no_harm(tmp_path: Path) -> None:
    info = tarfile.TarInfo("latest")
    info.type, info.linkname = tarfile.SYMTYPE, "data"
    make_tar(tmp_path / "t.tar", {"data/a": b"a"})
    with tarfile.open(tmp_path / "t.tar", "a") as tarred:
        tarred.addfile(info)
    assert unpack(tmp_path / "t.tar", "data/*") == {"data/a": b"a"}


def test_the_entry_for_the_root_folder_is_skipped(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "t.tar", "w") as tarred:
        root = tarfile.TarInfo("./")
        root.type = tarfile.DIRTYPE
        tarred.addfile(root)
        info = tarfile.TarInfo("./a")
        info.size = 1
        tarred.addfile(info, io.BytesIO(b"a"))
    assert unpack(tmp_path / "t.tar") == {"a": b"a"}


@pytest.mark.parametrize("kind", KINDS)
def test_dots_and_doubled_slashes_in_a_name_are_dropped(kind: str, tmp_path: Path) -> None:
    assert unpack(make(kind, tmp_path / "a", {"./a//b/.": b"b"})) == {"a/b": b"b"}


def test_a_sparse_file_is_refused_since_its_size_is_not_what_the_tar_holds(tmp_path: Path) -> None:
    info = tarfile.TarInfo("sparse")
    info.type = tarfile.GNUTYPE_SPARSE
    with tarfile.open(tmp_path / "t.tar", "w", format=tarfile.GNU_FORMAT) as tarred:
        tarred.addfile(info)
    with pytest.raises(SourceError, match="link or a device"):
        unpack(tmp_path / "t.tar")


@pytest.mark.parametrize("kind", KINDS)
def test_a_glob_without_a_match_is_named(kind: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r'"\*\.parquet" in `files` matches nothing') as caught:
        unpack(make(kind, tmp_path / "a", CONTENT), "data/*", "*.parquet")
    assert caught.value.expected == "a match among code.py, data/a.json, data/deep/b.txt"


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(share=st.floats(0, 0.9))
def test_a_truncated_archive_is_refused(kind: str, share: float) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        archive = make(kind, Path(scratch, "a"), CONTENT)
        # a tar ends with up to 10 kB of zeros; what is cut must reach into its members
        end = 3000 if kind == "tar" else archive.stat().st_size
        archive.write_bytes(archive.read_bytes()[: int(end * share)])
        with pytest.raises(SourceError):
            unpack(archive, "data/*", "code.py")


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(data=st.data())
def test_damaged_bytes_end_in_a_source_error_or_do_no_harm(kind: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        archive = make(kind, Path(scratch, "a"), CONTENT)
        content = bytearray(archive.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, min(len(content), 3000) - 1))] = data.draw(st.integers(0, 255))
        archive.write_bytes(content)
        with contextlib.suppress(SourceError):  # any other exception fails the test
            unpack(archive)


def test_a_tar_gz_that_lost_only_its_checksum_is_refused(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a", CONTENT, mode="w:gz")
    archive.write_bytes(archive.read_bytes()[:-4])
    with pytest.raises(SourceError, match="truncated"):
        unpack(archive)


def test_bytes_that_are_no_archive_are_refused(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>Please log in</html>" * 100)
    with pytest.raises(SourceError, match="not an archive"):
        unpack(tmp_path / "page.html")


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "z.zip", {"a": b"a" * 20})
    content = bytearray(archive.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the encryption flag of the central directory
    content[6] |= 1
    archive.write_bytes(content)
    with pytest.raises(SourceError, match="encrypted"):
        unpack(archive)


def test_an_odd_compression_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w", zipfile.ZIP_LZMA) as zipped:
        zipped.writestr("a", b"a" * 200)
    with pytest.raises(SourceError, match="compression method 14"):
        unpack(tmp_path / "z.zip")


@pytest.mark.parametrize("kind", KINDS)
def test_more_bytes_than_allowed_are_a_bomb(kind: str, tmp_path: Path) -> None:
    archive = make(kind, tmp_path / "a", {"a": b"0" * 60_000, "b": b"0" * 60_000})
    with pytest.raises(SourceError, match="unpacks to"):
        unpack(archive, limits=Limits(total_bytes=100_000))


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_high_ratio_is_a_bomb_once_it_is_large(kind: str, tmp_path: Path) -> None:
    archive = make(kind, tmp_path / "a", {"a": b"0" * 3_000_000})
    with pytest.raises(SourceError, match="unpacks to"):
        unpack(archive, limits=Limits(ratio=200, ratio_from=1_000_000))


def test_a_high_ratio_of_few_bytes_is_no_bomb(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a", {"a": b"0" * 3_000_000})
    assert unpack(archive, limits=Limits(ratio=200, ratio_from=4_000_000)) == {"a": b"0" * 3_000_000}


def test_a_tar_counts_what_is_read_through_too(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a", {"filler": b"0" * 200_000, "a": b"a"}, mode="w:gz")
    with pytest.raises(SourceError, match="unpacks to"):
        unpack(archive, "a", limits=Limits(total_bytes=100_000))


def test_too_many_members_are_a_bomb(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a", {str(i): b"" for i in range(20)})
    with pytest.raises(SourceError, match="members or more"):
        unpack(archive, limits=Limits(members=10))
