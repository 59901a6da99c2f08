"""One file from a URL, streamed, checked and, if asked, unpacked."""

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
"""Longest silence of the server before the fetch gives up."""
_BLOCK = 1 << 20


def fetch_url(source: UrlSource, folder: Path, *, where: str, timeout: float = TIMEOUT_SECONDS) -> None:
    """Download the file and put it, or what is wanted from inside it, into `folder`.

    Raises:
        SourceError: unreachable, refused, cut short, wrong hash, bad archive.
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
    """The last part of the URL's path, or `download` if that is no usable file name.

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
        # what is already quoted stays; a space or an umlaut would be refused by http.client
        agent = {"User-Agent": f"finetune-harness/{harness.__version__}"}
        request = urllib.request.Request(quote(url, safe="%/:=&?~#+!$,;'@()*[]"), headers=agent)
        response = urllib.request.urlopen(request, timeout=timeout)
    with response:
        length = response.headers.get("Content-Length")
        total = int(length) if length and length.isdigit() else None
        done = 0
        with target.open("wb") as file, transfer_progress(target.name, total=total) as show:
            while True:
                with _explained(url, where=where):  # a full disk is no fault of the server: only reading is explained
                    block = response.read(_BLOCK)
                if not block:
                    break
                file.write(block)
                done += len(block)
                show(done)
    if total is not None and done != total:
        raise _cut_short(url, f"{done:,} of {total:,} bytes arrived", where=where)


@contextmanager
def _explained(url: str, *, where: str) -> Iterator[None]:
    """Turn what urllib raises into a SourceError with the next step."""
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        hint = "check `url` in data/sources.yaml: the file may have moved, or need a login"
        if error.code >= 500 or error.code == 429:
            hint = "the server is in trouble or busy; repeat later"
        raise SourceError(f"{url} answers {error.code} {error.reason}", where=where, hint=hint) from None
    except http.client.IncompleteRead as error:
        what = f"the connection closed after {len(error.partial):,} bytes of a block"
        raise _cut_short(url, what, where=where) from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        said = str(reason) or type(reason).__name__
        hint = "check the network (and the proxy, if you need one), then repeat"
        raise SourceError(f"cannot download {url}: {said}", where=where, hint=hint) from None


def _cut_short(url: str, what: str, *, where: str) -> SourceError:
    return SourceError(
        f"the download of {url} was cut short: {what}", where=where, hint="the connection broke; repeat the fetch"
    )
