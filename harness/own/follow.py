"""Show the board again whenever a run on this disk has finished."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from harness.config.project import RECORDS, Project
from harness.own.own_project import OWN

POLL_SECONDS = 2.0
CLEAR = "\x1b[2J\x1b[H"
"""Clears a terminal and puts the cursor at its top."""


def follow(
    show: Callable[[], None],
    *,
    project: Project | None = None,
    sleep: Callable[[float], None] = time.sleep,
    times: int | None = None,
) -> int:
    """Call `show` now and whenever a record has changed, until Ctrl-C; exit code 0.

    `times`: look only so often, for tests.
    """
    root = (project or Project.here()).root
    seen: frozenset[tuple[str, int]] | None = None
    try:
        while times is None or times > 0:
            now = _scored(root)
            if now != seen:
                if sys.stdout.isatty():
                    print(CLEAR, end="")
                show()
                sys.stdout.flush()
                seen = now
            times = None if times is None else times - 1
            sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        print()
    return 0


def _scored(root: Path) -> frozenset[tuple[str, int]]:
    """The scores on this disk and when each was written."""
    folders = (root / RECORDS, root / OWN / "records")
    paths = [path for folder in folders for path in folder.glob("*/*/score/scores.json")]
    return frozenset((str(path), path.stat().st_mtime_ns) for path in paths)
