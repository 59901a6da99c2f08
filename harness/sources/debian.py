"""Fetch Debian packages with `apt-get download` and extract their data; nothing is installed, no script of them runs.

    apt-get download NAME=VERSION --> .deb --sha256--> dpkg-deb --fsys-tarfile --> data.tar --> archive.extract

apt knows where packages come from. `dpkg-deb` undoes the compression, whichever it is; the tar archive is then treated
like that of any other source, with the same limits.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from harness.config.source import DebianSource
from harness.errors import SourceError
from harness.sources.archive import extract
from harness.sources.archive_limits import Guard, Limits
from harness.sources.checksum import require_hash, sha256_file
from harness.sources.client_process import run_client

_BLOCK = 1 << 20
_UNREACHABLE = re.compile(
    r"could not (?:resolve|connect)|temporary failure|connection (?:refused|failed|timed out)|unreachable", re.I
)
_OTHER_VERSION = re.compile(r"version .* was not found", re.I)
_UNKNOWN = re.compile(r"unable to locate package|can't find a source to download", re.I)
_ELSEWHERE = (
    "take the source and its domain out of params.yaml; or unpack the packages on a machine with apt (`dpkg-deb -x`), "
    "each into a folder of its name, and use a source of kind `path`"
)


def fetch_debian(source: DebianSource, folder: Path, *, where: str, limits: Limits | None = None) -> None:
    """Download each package, check its hash and extract the wanted members into `folder/<package>`.

    Raises:
        SourceError: there is no apt-get or dpkg-deb, or one of them failed; a hash is wrong; an archive is bad or
            exceeds `limits` (see `extract`).
    """
    apt, dpkg = (_program(name, where=where) for name in ("apt-get", "dpkg-deb"))
    for package, sha256 in source.packages.items():
        # inside `folder`, which the next fetch deletes if this one is killed
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            archive = _download(apt, f"{package}={source.version}", Path(scratch), where=where)
            require_hash(sha256_file(archive), sha256, file=archive.name, where=where)
            members = Path(scratch, "data.tar")
            guard = Guard(limits or Limits(), packed=archive.stat().st_size, where=f"{where}: {package}")
            _unpack(dpkg, archive, members, guard=guard)
            extract(members, folder / package, globs=source.files, where=guard.where, limits=limits)


def _program(name: str, *, where: str) -> str:
    found = shutil.which(name)
    if found is None:
        what = f"{name} is not installed: this source comes as Debian packages"
        raise SourceError(what, where=where, expected="a machine with apt, such as Debian", hint=_ELSEWHERE)
    return found


def _download(apt: str, pin: str, scratch: Path, *, where: str) -> Path:
    folder = scratch / "packages"
    folder.mkdir()
    command, english = [apt, "download", "--quiet", pin], {"LC_ALL": "C"}
    code, complaints = run_client(command, scratch=scratch, label=pin, folder=folder, settings=english)
    if code != 0:
        raise explain_apt(complaints, pin, where=where)
    found = sorted(folder.glob("*.deb"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "no package"
        hint = "correct `packages` and `version` in data/sources.yaml"
        raise SourceError(f"apt-get brought {names} for {pin}", where=where, expected="exactly one .deb", hint=hint)
    return found[0]


def _unpack(dpkg: str, archive: Path, target: Path, *, guard: Guard) -> None:
    """Write the package's files as a tar archive, and stop as soon as it exceeds the limits."""
    errors = target.with_suffix(".txt")
    with errors.open("wb") as stderr, target.open("wb") as file:
        command = [dpkg, "--fsys-tarfile", str(archive)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr) as process:
            assert process.stdout
            try:
                while block := process.stdout.read(_BLOCK):
                    file.write(block)
                    guard.check_bytes(file.tell())
            except BaseException:
                process.kill()
                raise
    if process.returncode != 0:
        lines = errors.read_text(encoding="utf-8", errors="replace").splitlines() or ["nothing on stderr"]
        what = f"dpkg-deb cannot read {archive.name}: {lines[0].replace(str(archive), archive.name)}"
        raise SourceError(what, where=guard.where, hint="the package on the server is damaged, or the pin is wrong")


def explain_apt(stderr: str, pin: str, *, where: str) -> SourceError:
    """A SourceError for apt's stderr: apt's own message and what to do next. `pin`: `NAME=VERSION`."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    message = next((line for line in lines if line.startswith("E:")), lines[-1] if lines else "nothing on stderr")
    message, name = message.removeprefix("E:").strip(), pin.partition("=")[0]
    if _UNREACHABLE.search(stderr):
        hint = "check the network and apt's proxy (`apt-config dump Acquire`), then repeat the fetch"
        return SourceError(f"apt-get could not download {pin}: {message}", where=where, hint=hint)
    if _OTHER_VERSION.search(stderr):
        hint = f"`apt-cache policy {name}` lists the versions of your release; pin one of them with its sha256"
        return SourceError(f"apt has no {pin}: {message}", where=where, hint=hint)
    if _UNKNOWN.search(stderr):
        hint = f"renew the lists of packages with `apt-get update`; if your release has no {name}, {_ELSEWHERE}"
        return SourceError(f"apt has no {pin}: {message}", where=where, hint=hint)
    return SourceError(
        f"apt-get could not download {pin}: {message}", where=where, hint=f"run `apt-get download {pin}`"
    )
