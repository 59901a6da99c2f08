"""Results that depend on files alone are kept until one of the files changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from harness.freshness.content_hashes import ContentHashes
from harness.runtime.atomic_output import atomic_file

FOLDER = ".dvc/tmp"
"""DVC's own .gitignore covers it."""

Result = TypeVar("Result")


def remembered(root: Path, name: str, *, inputs: Sequence[str], compute: Callable[[], Result]) -> Result:
    """What `compute` returns, which JSON must be able to hold; from the last call if all `inputs` are as they were.

    Args:
        root: the project folder. Outside of a DVC repository nothing is kept.
        name: names the result: `.dvc/tmp/harness-<name>.json`.
        inputs: files and folders, relative to `root`.
        compute: computes the result.
    """
    if not (root / ".dvc").is_dir():
        return compute()
    hashes = ContentHashes(root)
    key = {path: hashes.md5(path) for path in inputs}
    hashes.remember()
    target = root / FOLDER / f"harness-{name}.json"
    try:
        kept = json.loads(target.read_text(encoding="utf-8"))
        if kept["inputs"] == key:
            result: Result = kept["result"]
            return result
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        pass  # it is computed below
    result = compute()
    target.parent.mkdir(exist_ok=True)
    with atomic_file(target) as working:
        working.write_text(json.dumps({"inputs": key, "result": result}), encoding="utf-8")
    return result
