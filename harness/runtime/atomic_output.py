"""Write outputs atomically: a folder or a file appears complete or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside `target`; it replaces `target` if the block ends without an exception.

    After an exception (Ctrl-C included) the new folder is removed and an existing `target` stays as it was. If the
    process is killed, the next call for the same target removes what it left.
    """
    working = target.with_name(f".{target.name}.partial")
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    try:
        yield working
    except BaseException:
        shutil.rmtree(working, ignore_errors=True)
        raise
    old = target.with_name(f".{target.name}.old.partial")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    working.rename(target)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def atomic_file(target: Path) -> Iterator[Path]:
    """Yield a path beside `target`; the file written there replaces `target` if the block ends without an exception.

    After an exception the new file is removed and an existing `target` stays as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    working = target.with_name(f".{target.name}.partial")
    working.unlink(missing_ok=True)
    try:
        yield working
    except BaseException:
        working.unlink(missing_ok=True)
        raise
    working.replace(target)
