"""Run the client of a package registry (pip, npm, apt), and show how much it has downloaded."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from harness.sources.transfer_progress import transfer_progress


def run_client(
    command: Sequence[str],
    *,
    scratch: Path,
    label: str,
    folder: Path | None = None,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, str]:
    """Exit code and stderr of the client. Its temporary files go to `scratch`; their size is the progress shown.

    `folder`: where it runs; null: here. `settings`: environment variables beside those of this process.
    """
    environment = {**os.environ, **settings, "TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    errors = scratch / "stderr.txt"
    with errors.open("wb") as stderr, transfer_progress(label, total=None) as show:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr, env=environment, cwd=folder)
        try:
            while process.poll() is None:
                show(_bytes_below(scratch))
                try:
                    process.wait(timeout=0.25)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            process.kill()  # after Ctrl-C; no effect on a finished process
            process.wait()
    return process.returncode, errors.read_text(encoding="utf-8", errors="replace")


def _bytes_below(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(parent, name).stat().st_size
            except FileNotFoundError:  # the client has moved it
                continue
    return total
