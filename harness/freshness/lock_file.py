"""What dvc.lock says about each stage: the command, the inputs and the outputs of its last run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import ConfigError
from harness.freshness.yaml_1_2 import read_yaml_1_2
from harness.runtime.atomic_output import atomic_file

LOCK_FILE = "dvc.lock"
MEMORY = ".dvc/tmp/harness-lock.json"
"""The content of dvc.lock as JSON, which is read much faster, with size and time of the file that it came from."""


@dataclass(frozen=True)
class Locked:
    """The last run of one stage."""

    command: str | list[str]
    deps: Mapping[str, str]
    """Path -> md5, which ends in `.dir` for a folder."""
    params: Mapping[str, Mapping[str, Any]]
    """File -> key -> value."""
    outs: Mapping[str, str]
    """Path -> md5."""


def read_lock(root: Path) -> dict[str, Locked]:
    """Stage -> its last run; empty if nothing ran yet.

    Raises:
        ConfigError: dvc.lock is not what DVC writes, for example because git left a conflict in it.
    """
    path = root / LOCK_FILE
    if not path.is_file():
        return {}
    try:
        stages = _content(root).get("stages") or {}
        return {name: _locked(entry) for name, entry in stages.items()}
    except (AttributeError, KeyError, TypeError) as error:
        raise ConfigError(
            f"is not a lock file of DVC: {type(error).__name__}: {error}", where=str(path), hint="restore it from git"
        ) from None


def plain(value: Any) -> Any:
    """The value as it comes back from JSON, so that values from different files compare equal."""
    return json.loads(json.dumps(value, default=str))


def _locked(entry: Mapping[str, Any]) -> Locked:
    return Locked(
        command=entry["cmd"],
        deps=_hashes(entry.get("deps")),
        params=entry.get("params") or {},
        outs=_hashes(entry.get("outs")),
    )


def _hashes(entries: list[Mapping[str, Any]] | None) -> dict[str, str]:
    return {entry["path"]: entry.get("md5", "") for entry in entries or ()}


def _content(root: Path) -> Any:
    path, memory = root / LOCK_FILE, root / MEMORY
    found = path.stat()
    stamp = [found.st_size, found.st_mtime_ns, found.st_ino]
    try:
        known = json.loads(memory.read_text(encoding="utf-8"))
        if known["stamp"] == stamp:
            return known["content"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        pass  # it is made again below
    content = plain(_without_conflict(path))
    if (root / ".dvc").is_dir():
        memory.parent.mkdir(exist_ok=True)
        with atomic_file(memory) as working:
            working.write_text(json.dumps({"stamp": stamp, "content": content}), encoding="utf-8")
    return content


def _without_conflict(path: Path) -> Any:
    if any(line.startswith("<<<<<<< ") for line in path.read_text(encoding="utf-8").splitlines()):
        raise ConfigError(
            "git left a conflict in it: two machines ran stages",
            where=str(path),
            hint="take one side whole, for dvc.lock and for reports/records alike: "
            "`git checkout --ours dvc.lock reports/records`, or `--theirs`; then `harness plan` lists what is stale",
        )
    return read_yaml_1_2(path)
