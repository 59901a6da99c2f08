"""Fetch one file from a URL: stream it, check its hash and, if `extract` is set, unpack it."""

from __future__ import annotations

import http.client
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import harness
from harness.config.source import UrlSource
from harness.errors import SourceError
from harness.sources.archive import extract
from harness.sources.checksum import require_hash, sha256_file
from harness.sources.member_path import name_problem
from harness.sources.transfer_progress import transfer_progress

TIMEOUT_SECONDS = 60.0
"""The fetch fails if the server sends nothing for this long."""
_BLOCK = 1 << 20


def fetch_url(source: UrlSource, folder: Path, *, where: str, timeout: float = TIMEOUT_SECONDS) -> None:
    """Download the file into `folder`, or extract the wanted members of the archive into it.

    Raises:
        SourceError: the download failed or ended early, the hash is wrong, or the archive is bad (see `extract`).
    """
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        name = file_name(source.url, where=where)
        download = Path(scratch, name)
        _download(source.url, download, where=where, timeout=timeout)
        require_hash(sha256_file(download), source.sha256, file=name, where=where)
        if source.extract:
            extract(download, folder, globs=source.files, where=where)
        else:
            download.rename(folder / name)


def file_name(url: str, *, where: str) -> str:
    """The last part of the URL's path, or `download` if that is not a usable file name.

    Raises:
        SourceError: not a URL.
    """
    try:
        last = unquote(urlsplit(url).path.rpartition("/")[2])
    except ValueError as error:
        raise SourceError(f"{url} is not a URL: {error}", where=where, hint="correct `url`") from None
    return "download" if "/" in last or name_problem(last) else last


def _download(url: str, target: Path, *, where: str, timeout: float) -> None:
    with _explained(url, where=where):
        # http.client refuses spaces and umlauts: quote them, but leave `%` so that quoted parts stay
        agent = {"User-Agent": f"finetune-harness/{harness.__version__}"}
        request = urllib.request.Request(quote(url, safe="%/:=&?~#+!$,;'@()*[]"), headers=agent)
        response = urllib.request.urlopen(request, timeout=timeout)
    with response:
        length = response.headers.get("Content-Length")
        total = int(length) if length and length.isdigit() else None
        done = 0
        with target.open("wb") as file, transfer_progress(target.name, total=total) as show:
            while True:
                with _explained(url, where=where):  # only reading: an error of writing (full disk) is not the server's
                    block = response.read(_BLOCK)
                if not block:
                    break
                file.write(block)
                done += len(block)
                show(done)
    if total is not None and done != total:
        raise _ended_early(url, f"{done:,} of {total:,} bytes arrived", where=where)


@contextmanager
def _explained(url: str, *, where: str) -> Iterator[None]:
    """Turn the exceptions of urllib into a SourceError with the next step."""
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        hint = "check `url` in data/sources.yaml: the file may have moved or may need a login"
        if error.code >= 500 or error.code == 429:
            hint = "the server is down or busy; repeat the fetch later"
        raise SourceError(f"{url} answers {error.code} {error.reason}", where=where, hint=hint) from None
    except http.client.IncompleteRead as error:
        what = f"the connection closed in the middle of a block, after {len(error.partial):,} of its bytes"
        raise _ended_early(url, what, where=where) from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        reason_text = str(reason) or type(reason).__name__
        hint = "check the network and the proxy settings, then repeat the fetch"
        raise SourceError(f"cannot download {url}: {reason_text}", where=where, hint=hint) from None


def _ended_early(url: str, what: str, *, where: str) -> SourceError:
    return SourceError(
        f"the download of {url} ended early: {what}", where=where, hint="the connection broke; repeat the fetch"
    )
