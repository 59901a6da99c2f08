"""A model of the Hugging Face hub: the commit behind a name, and its small files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from harness.config.source import HubSource
from harness.errors import DataError, SourceError
from harness.sources.hub import hub_errors_explained

SMALL = ("*.json", "*.txt", "*.model", "*.jinja")
"""Configuration and tokenizer, without weights."""
COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Repository:
    """One commit of a repository."""

    repo: str
    revision: str
    """Full commit hash."""
    folder: Path
    """The small files, in the hub's cache."""
    names: tuple[str, ...]
    """All files of the commit; only those in the cache if the hub was not asked."""
    asked: bool
    """Whether the hub was asked. If not, the commit was found in the cache."""
    licence: str | None


def parse_id(given: str) -> tuple[str, str]:
    """`owner/name@revision` -> repository and revision; without `@`, the revision is `main`.

    Raises:
        DataError: it is not of this form.
    """
    repo, _, revision = given.partition("@")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repo):
        expected = "owner/name or owner/name@revision, such as Qwen/Qwen2.5-0.5B-Instruct"
        raise DataError(f'"{given}" is no repository of the hub', where="--hub", expected=expected)
    return repo, revision or "main"


def open_repository(given: str, *, licence: str | None) -> Repository:
    """Ask the hub for the commit and download the small files; offline, find both in the hub's cache.

    Raises:
        DataError: `given` is not of the form owner/name[@revision].
        SourceError: there is no such repository or revision, it is gated, or the hub cannot be reached.
    """
    from huggingface_hub import HfApi, constants, snapshot_download

    repo, revision = parse_id(given)
    source = HubSource(kind="hub", repo=repo, revision="0" * 40, licence="", origin="")
    with hub_errors_explained(source, where="--hub", revision=revision):
        if constants.HF_HUB_OFFLINE:
            folder = Path(snapshot_download(repo, revision=revision, local_files_only=True, allow_patterns=list(SMALL)))
            commit = folder.name
            names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]
            found = licence
        else:
            info = HfApi().model_info(repo, revision=revision)
            commit = str(info.sha)
            names = sorted(sibling.rfilename for sibling in info.siblings or ())
            found = licence or _licence(info.card_data)
            folder = Path(snapshot_download(repo, revision=commit, allow_patterns=list(SMALL)))
    if not COMMIT.fullmatch(commit):
        raise SourceError(f"the hub's cache names no commit for {repo}@{revision}", where="--hub", hint="go online")
    if not (folder / "config.json").is_file():
        raise DataError("the repository has no config.json", where=f"--hub {given}", expected="a model of transformers")
    return Repository(repo, commit, folder, tuple(names), not constants.HF_HUB_OFFLINE, found)


def _licence(card: object) -> str | None:
    found = getattr(card, "license", None)
    return found if isinstance(found, str) else None
