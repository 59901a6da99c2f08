from __future__ import annotations

import hashlib
import io
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from harness.config.source import UrlSource
from harness.errors import SourceError
from harness.sources.url import fetch_url, file_name

WHERE = "data/sources.yaml: x"
BODY = bytes(range(256)) * 20_000  # five blocks


class Handler(BaseHTTPRequestHandler):
    """Serves BODY, and the ways a server can let one down."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.startswith("/missing"):
            self.send_error(404)
        elif self.path.startswith("/busy"):
            self.send_error(503)
        elif self.path.startswith("/silent"):
            time.sleep(1.5)
        elif self.path.startswith("/chunked-short"):
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"ff\r\nonly this")
            self.close_connection = True
        elif self.path.startswith("/short"):
            self._send(BODY[:1000], length=len(BODY))
            self.close_connection = True
        elif self.path.startswith("/archive"):
            self._send(zip_bytes())
        elif self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "/file.bin")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send(BODY)

    def _send(self, body: bytes, *, length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def zip_bytes() -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as zipped:
        for name in ("data/a.csv", "data/b.txt"):
            zipped.writestr(zipfile.ZipInfo(name), name)
    return memory.getvalue()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_address[1]}"
        serving.shutdown()
        thread.join()


def source(url: str, body: bytes = BODY, *, extract: bool = False, files: tuple[str, ...] = ("*",)) -> UrlSource:
    sha256 = hashlib.sha256(body).hexdigest()
    return UrlSource(kind="url", url=url, sha256=sha256, extract=extract, files=files, licence="x", origin="y")


def test_the_file_arrives_under_its_name(server: str, tmp_path: Path) -> None:
    fetch_url(source(f"{server}/some/file.bin?download=1"), tmp_path, where=WHERE)
    assert [p.name for p in tmp_path.iterdir()] == ["file.bin"]
    assert (tmp_path / "file.bin").read_bytes() == BODY


def test_a_redirect_is_followed_and_the_name_stays_that_of_the_pinned_url(server: str, tmp_path: Path) -> None:
    fetch_url(source(f"{server}/moved.bin"), tmp_path, where=WHERE)
    assert (tmp_path / "moved.bin").read_bytes() == BODY


def test_a_url_with_spaces_and_umlauts_works(server: str, tmp_path: Path) -> None:
    fetch_url(source(f"{server}/a fäile.bin"), tmp_path, where=WHERE)
    assert (tmp_path / "a fäile.bin").is_file()


def test_an_archive_is_unpacked_if_asked(server: str, tmp_path: Path) -> None:
    fetch_url(source(f"{server}/archive", zip_bytes(), extract=True, files=("*.csv",)), tmp_path, where=WHERE)
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()] == ["data/a.csv"]


def test_an_archive_stays_packed_if_not_asked(server: str, tmp_path: Path) -> None:
    fetch_url(source(f"{server}/archive.zip", zip_bytes()), tmp_path, where=WHERE)
    assert (tmp_path / "archive.zip").read_bytes() == zip_bytes()


@pytest.mark.parametrize(
    ("path", "problem", "hint"),
    [
        ("/missing", "answers 404", "`url`"),
        ("/busy", "answers 503", "later"),
        ("/short.bin", "ended early: 1,000 of 5,120,000 bytes arrived", "repeat"),
        ("/chunked-short", "ended early", "repeat"),
        ("/silent", "timed out", "network"),
    ],
)
def test_a_server_that_fails_is_an_error_with_a_next_step(
    path: str, problem: str, hint: str, server: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=problem) as caught:
        fetch_url(source(server + path), tmp_path, where=WHERE, timeout=0.5)
    assert hint in str(caught.value.hint)
    assert server + path in caught.value.what
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_hash_names_file_and_both_hashes(server: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        fetch_url(source(f"{server}/file.bin", b"something else"), tmp_path, where=WHERE)
    assert "file.bin" in caught.value.what
    assert hashlib.sha256(BODY).hexdigest() in caught.value.what
    assert caught.value.expected == hashlib.sha256(b"something else").hexdigest()
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_a_network_error(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound, but not listening
        url = f"http://127.0.0.1:{free.getsockname()[1]}/file"
        with pytest.raises(SourceError, match="refused") as caught:
            fetch_url(source(url), tmp_path, where=WHERE, timeout=2)
    assert "network" in str(caught.value.hint)


@pytest.mark.parametrize("url", ["http://[bad/file", "http://host:port/file"])
def test_what_is_no_url_is_a_source_error(url: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        fetch_url(source(url), tmp_path, where=WHERE, timeout=1)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://h/a/b.tar.gz?x=1#y", "b.tar.gz"),
        ("https://h/a%20b.csv", "a b.csv"),
        ("https://h/", "download"),
        ("https://h/..", "download"),
        ("https://h/%2e%2e%2fetc", "download"),
        ("https://h/C%3A", "download"),
    ],
)
def test_a_file_name_is_taken_from_the_url_only_if_it_is_safe(url: str, name: str) -> None:
    assert file_name(url, where=WHERE) == name
