from __future__ import annotations

import errno
import hashlib
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub import errors

from harness.config.source import HubSource
from harness.errors import SourceError
from harness.sources.hub import fetch_hub

WHERE = "data/sources.yaml: model"
WEIGHTS = b"weights" * 100
FILES = {"config.json": b"{}", "sub/model.safetensors": WEIGHTS, "pytorch_model.bin": b"pickle"}


def source(**changes: Any) -> HubSource:
    entry = {"kind": "hub", "repo": "org/model", "revision": "a" * 40, "licence": "MIT", "origin": "org", **changes}
    return HubSource.model_validate(entry)


def blob_name(content: bytes) -> str:
    if content == WEIGHTS:  # large files are named by sha256, small ones as git does
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub cache as the client lays it out: snapshots full of links to blobs."""
    snapshot = tmp_path / "cache/snapshots" / ("a" * 40)
    (tmp_path / "cache/blobs").mkdir(parents=True)
    for name, content in FILES.items():
        blob = tmp_path / "cache/blobs" / blob_name(content)
        blob.write_bytes(content)
        (snapshot / name).parent.mkdir(parents=True, exist_ok=True)
        (snapshot / name).symlink_to(blob)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda *args, **options: str(snapshot))
    return snapshot


def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.usefixtures("cache")
def test_wanted_files_are_copied_as_real_files(tmp_path: Path) -> None:
    folder = target(tmp_path)
    fetch_hub(source(), folder, where=WHERE)
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if not p.is_dir()}
    assert sorted(files) == ["config.json", "sub/model.safetensors"]
    assert not any(path.is_symlink() for path in files.values())
    assert files["sub/model.safetensors"].read_bytes() == WEIGHTS


def test_the_pin_is_passed_to_the_hub_client(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def download(repo: str, **options: object) -> str:
        asked.update(repo=repo, **options)
        return str(cache)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    fetch_hub(source(repo_type="dataset", files=["*.json"]), target(tmp_path), where=WHERE)
    assert asked == {
        "repo": "org/model",
        "revision": "a" * 40,
        "repo_type": "dataset",
        "allow_patterns": ["*.json"],
    }


@pytest.mark.parametrize("name", ["config.json", "sub/model.safetensors"])
def test_a_damaged_cache_is_found_out(name: str, cache: Path, tmp_path: Path) -> None:
    (cache / name).write_bytes(FILES[name][:1])
    with pytest.raises(SourceError) as caught:
        fetch_hub(source(), target(tmp_path), where=WHERE)
    assert name in caught.value.what
    assert caught.value.expected == blob_name(FILES[name])


@pytest.mark.usefixtures("cache")
def test_a_glob_of_the_entry_without_a_match_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"\*\.gguf"):
        fetch_hub(source(files=["*.json", "*.gguf"]), target(tmp_path), where=WHERE)


def test_a_repository_with_none_of_the_default_files_is_refused(cache: Path, tmp_path: Path) -> None:
    for name in ("config.json", "sub/model.safetensors"):
        (cache / name).unlink()
    with pytest.raises(SourceError, match="matches nothing"):
        fetch_hub(source(), target(tmp_path), where=WHERE)


def http_error(kind: type[errors.HfHubHTTPError]) -> errors.HfHubHTTPError:
    error = kind.__new__(kind)  # the constructor wants the response of whichever HTTP library is in use
    Exception.__init__(error, "503 from the hub")
    return error


@pytest.mark.parametrize(
    ("raised", "problem", "hint"),
    [
        (http_error(errors.GatedRepoError), "gated", "accept its terms at https://huggingface.co/org/model"),
        (http_error(errors.RepositoryNotFoundError), "the hub has no model org/model", "`repo`"),
        (errors.HFValidationError("Cannot have -- or .. in repo_id"), "the hub has no model org/model", "`repo`"),
        (http_error(errors.RevisionNotFoundError), "no commit aaaa", "commits/main"),
        (errors.LocalEntryNotFoundError("offline"), "cannot be reached: offline", "HF_HUB_OFFLINE"),
        (errors.OfflineModeIsEnabled("offline"), "cannot be reached", "HF_HUB_OFFLINE"),
        (http_error(errors.HfHubHTTPError), "broke off", "repeat"),
        (errors.HTTPError("connection reset"), "broke off: connection reset", "repeat"),  # type: ignore[attr-defined]
        (errors.XetDownloadError("xet"), "broke off: xet", "repeat"),
        (OSError("Consistency check failed: file should be of size 9\nmore"), "should be of size 9\n", "repeat"),
    ],
)
def test_what_the_hub_client_raises_becomes_a_next_step(
    raised: Exception, problem: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **options: object) -> str:
        raise raised

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(SourceError, match=problem) as caught:
        fetch_hub(source(), target(tmp_path), where=WHERE)
    assert hint in str(caught.value.hint)


def test_a_full_disk_is_not_blamed_on_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(OSError, match="No space left"):
        fetch_hub(source(), target(tmp_path), where=WHERE)


def test_the_real_client_out_of_reach_is_a_source_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with pytest.raises(SourceError, match="the hub cannot be reached"):
        fetch_hub(source(), target(tmp_path), where=WHERE)
