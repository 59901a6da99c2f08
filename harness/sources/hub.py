"""A Hugging Face Hub repository at one commit, copied out of the hub's cache as plain files."""

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
        SourceError: offline, unknown or gated repository, unknown revision, a file that does not have the
            hash the hub gives it, a glob of the entry without a match.
    """
    snapshot = _snapshot(source, where=where)
    # the cache may hold more of this commit than was asked for now
    names = [name for name in _names_below(snapshot) if wanted(name, source.files)]
    # the default globs are a menu: few repositories have all of it
    globs = source.files if "files" in source.model_fields_set or not names else ()
    require_matches(names, globs, where=where)
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(snapshot / name, target)
        _check_blob(snapshot / name, target, name=name, where=where)


def _snapshot(source: HubSource, *, where: str) -> Path:
    from huggingface_hub import snapshot_download

    with _explained(source, where=where):
        # not local_dir: with that the hub's client returns whatever lies there when it is offline
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
    """Compare with the hash by which the hub's cache names its blob; without links (Windows) there is none."""
    blob = link.readlink() if link.is_symlink() else None  # one hop: a blob may itself be shared
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
def _explained(source: HubSource, *, where: str) -> Iterator[None]:
    """Turn what the hub's client raises into a SourceError with the next step."""
    from huggingface_hub import errors

    pin = f"{source.repo}@{source.revision[:12]}"
    page = f"https://huggingface.co/{'datasets/' if source.repo_type == 'dataset' else ''}{source.repo}"
    try:
        yield
    except errors.GatedRepoError:
        hint = f"accept its terms at {page}, then log in with `hf auth login`"
        raise SourceError(f"{source.repo} is gated", where=where, hint=hint) from None
    except (errors.RepositoryNotFoundError, errors.HFValidationError):
        hint = "check `repo` and `repo_type` in data/sources.yaml; a private one needs `hf auth login`"
        raise SourceError(f"the hub has no {source.repo_type} {source.repo}", where=where, hint=hint) from None
    except errors.RevisionNotFoundError:
        hint = f"take a full commit hash from {page}/commits/main"
        raise SourceError(f"{source.repo} has no commit {source.revision}", where=where, hint=hint) from None
    except (errors.LocalEntryNotFoundError, ConnectionError, TimeoutError) as error:
        hint = "check the network, and that HF_HUB_OFFLINE is not set; or describe a copy as a source of kind `path`"
        what = f"{pin} is not in the hub's cache, and the hub is out of reach: {_first_line(error)}"
        raise SourceError(what, where=where, hint=hint) from None
    except (_transport_error(), errors.XetDownloadError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # this machine's (a full disk), not the hub's
        hint = "the hub is in trouble or busy; repeat: what has arrived is kept"
        raise SourceError(f"the download of {pin} broke off: {_first_line(error)}", where=where, hint=hint) from None


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _transport_error() -> type[Exception]:
    """The base of what the hub's HTTP library raises, whichever library this release of the client uses."""
    from huggingface_hub import errors

    base: type[Exception] = errors.HTTPError  # type: ignore[attr-defined]
    return base
