"""Keep dvc.lock whole, even where DVC was killed while it wrote.

DVC writes dvc.lock in place. So a copy lies in .dvc/tmp while stages run. If the copy is still there at the next start,
the last run was killed; a dvc.lock that cannot be read, or that lost stages, is then restored from the copy.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.runtime.atomic_output import atomic_file

COPY = ".dvc/tmp/harness-dvc.lock"
DVC_LOCK_FILE = ".dvc/tmp/lock"


def repair(root: Path) -> str | None:
    """What was restored after a killed run, in words; null: nothing was wrong."""
    copy, current = root / COPY, root / "dvc.lock"
    if not copy.is_file():
        return None
    before, now = _stages(copy), _stages(current)
    copied = None
    if before is not None and (now is None or any(_is_cut(now.get(name), entry) for name, entry in before.items())):
        with atomic_file(current) as working:
            shutil.copyfile(copy, working)
        copied = "the last run was killed while DVC wrote dvc.lock; it is restored as it was after the last whole stage"
    copy.unlink()
    return copied


def keep_copy(root: Path) -> None:
    """Renew the copy, unless DVC holds its lock and may be writing."""
    import zc.lockfile

    if not (root / "dvc.lock").is_file() or not (root / DVC_LOCK_FILE).parent.is_dir():
        return
    try:
        lock = zc.lockfile.LockFile(str(root / DVC_LOCK_FILE))
    except zc.lockfile.LockError:
        return
    try:
        with atomic_file(root / COPY) as working:
            shutil.copyfile(root / "dvc.lock", working)
    finally:
        lock.close()


def drop_copy(root: Path) -> None:
    """The run ended in order."""
    (root / COPY).unlink(missing_ok=True)


def _is_cut(now: Any, before: Mapping[str, Any]) -> bool:
    """Whether the entry of a stage lost something: a file that was cut off may still be valid YAML."""
    if not isinstance(now, dict) or before.keys() - now.keys():
        return True
    lists = [name for name, value in before.items() if isinstance(value, list)]
    return any(len(now[name] or ()) < len(before[name]) for name in lists)


def _stages(path: Path) -> dict[str, Any] | None:
    """The stages that a lock file records; null if it is missing or broken."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError):
        return None
    stages = content.get("stages") if isinstance(content, dict) else None
    return stages if isinstance(stages, dict) else None
