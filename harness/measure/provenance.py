"""Where a result comes from: commit, versions, device, hashes of configuration and data."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from harness.items.prepared import PreparedDomain
from harness.measure.device import Device
from harness.records.run_record import Provenance

PACKAGES = (
    "torch",
    "transformers",
    "peft",
    "trl",
    "accelerate",
    "lm-eval",
    "scikit-learn",
    "numpy",
    "sentence-transformers",
)


def provenance(
    root: Path,
    device: Device,
    *,
    config: Any,
    domains: Sequence[PreparedDomain],
    precision: str,
    machine: str | None = None,
) -> Provenance:
    """Collect the provenance of a run.

    Args:
        root: the project folder.
        device: the device that computed.
        config: a JSON-serialisable description of what was asked for; only its hash is kept.
        domains: the prepared domains that the run read.
        precision: the precision that the run computed in.
        machine: the name of the device that was chosen on this machine; null: `device`.
    """
    commit, dirty = git_state(root)
    data = "\n".join(f"{domain.name}:{domain.data_hash}" for domain in domains)
    return Provenance(
        commit=commit,
        dirty=dirty,
        versions={"python": platform.python_version(), **_versions()},
        device_kind=device.kind,
        device=device.name,
        machine=machine or device.name,
        threads=device.threads,
        gpus=device.gpus,
        precision=precision,
        config_hash=stable_hash(config),
        data_hash=hashlib.sha256(data.encode()).hexdigest(),
    )


def stable_hash(content: Any) -> str:
    """sha256 of the content, written as JSON with sorted keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def git_state(root: Path) -> tuple[str | None, bool | None]:
    """(commit, dirty), or (None, None) outside git. Changes in files that the pipeline writes do not count as dirty."""
    commit = _git(root, "rev-parse", "HEAD")
    if commit is None:
        return None, None
    changed = _git(root, "status", "--porcelain", "--", ".", ":!dvc.lock", ":!reports")
    return commit, bool(changed)


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
