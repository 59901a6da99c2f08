"""Fetch a Hugging Face Hub repository at one commit: download into the hub's cache, copy out as plain files."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.config.source import HubSource
from harness.errors import SourceError
from harness.sources.checksum import git_blob_sha1, require_hash, sha256_file
from harness.sources.selection import require_matches, wanted


def fetch_hub(source: HubSource, folder: Path, *, where: str) -> None:
    """Download the wanted files of `repo` at `revision` and copy them into `folder`.

    Raises:
        SourceError: the hub is unreachable; the repository is unknown or gated; the revision is unknown; a file does
            not have the hash that the hub states; a glob of the entry matches nothing.
    """
    snapshot = _snapshot(source, where=where)
    # the cache may hold further files of this commit from earlier downloads
    names = [name for name in _names_below(snapshot) if wanted(name, source.files)]
    # few repositories have files for all of the default globs: only globs of the entry must match
    globs = source.files if "files" in source.model_fields_set or not names else ()
    require_matches(names, globs, where=where)
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(snapshot / name, target)
        _check_blob(snapshot / name, target, name=name, where=where)


def _snapshot(source: HubSource, *, where: str) -> Path:
    from huggingface_hub import snapshot_download

    with hub_errors_explained(source, where=where, revision=source.revision):
        # no local_dir: with it the offline client returns whatever the folder holds
        return Path(
            snapshot_download(
                source.repo,
                repo_type=source.repo_type,
                revision=source.revision,
                allow_patterns=list(source.files),
            )
        )


def _names_below(folder: Path) -> list[str]:
    files = [Path(parent, name) for parent, _, names in os.walk(folder) for name in names]
    return sorted(path.relative_to(folder).as_posix() for path in files)


def _check_blob(link: Path, copy: Path, *, name: str, where: str) -> None:
    """Compare the copy with the hash in the name of the cache's blob.

    A cache without links (Windows) does not tell the blob's name; then nothing is checked.
    """
    blob = link.readlink() if link.is_symlink() else None  # one hop only: the blob may itself be a link
    if blob is None or blob.parent.name != "blobs":
        return
    if re.fullmatch(r"[0-9a-f]{64}", blob.name):
        actual = sha256_file(copy)
    elif re.fullmatch(r"[0-9a-f]{40}", blob.name):
        actual = git_blob_sha1(copy)
    else:
        return
    require_hash(actual, blob.name, file=f"{name} in the hub's cache", where=where)


@contextmanager
def hub_errors_explained(source: HubSource, *, where: str, revision: str) -> Iterator[None]:
    """Turn the exceptions of the hub's client into a SourceError with the next step. `revision`: what was asked for."""
    from huggingface_hub import errors

    pin = f"{source.repo}@{revision[:12]}"
    page = f"https://huggingface.co/{'datasets/' if source.repo_type == 'dataset' else ''}{source.repo}"
    try:
        yield
    except errors.GatedRepoError:
        hint = f"accept its terms at {page}, then log in with `hf auth login`"
        raise SourceError(f"{source.repo} is gated", where=where, hint=hint) from None
    except (errors.RepositoryNotFoundError, errors.HFValidationError):
        hint = "check `repo` and `repo_type` in data/sources.yaml; a private repository needs `hf auth login`"
        raise SourceError(f"the hub has no {source.repo_type} {source.repo}", where=where, hint=hint) from None
    except errors.RevisionNotFoundError:
        hint = f"copy a full commit hash from {page}/commits/main"
        raise SourceError(f"{source.repo} has no commit {revision}", where=where, hint=hint) from None
    except (errors.LocalEntryNotFoundError, ConnectionError, TimeoutError) as error:
        hint = "check the network and unset HF_HUB_OFFLINE, or use a local copy as a source of kind `path`"
        what = f"{pin} is not in the hub's cache, and the hub cannot be reached: {_first_line(error)}"
        raise SourceError(what, where=where, hint=hint) from None
    except (_transport_error(), errors.XetDownloadError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # an error of this machine, such as a full disk
        hint = "the hub may be down or busy; repeat the fetch, which continues from the files that have arrived"
        raise SourceError(f"the download of {pin} broke off: {_first_line(error)}", where=where, hint=hint) from None


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _transport_error() -> type[Exception]:
    """The base exception of the HTTP library that this release of the hub's client uses."""
    from huggingface_hub import errors

    base: type[Exception] = errors.HTTPError  # type: ignore[attr-defined]
    return base
