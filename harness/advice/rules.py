"""The rules of the advice as one hash, so that a back-test names the rules that it tested."""

from __future__ import annotations

from pathlib import Path

import harness
from harness.fingerprint.source_text import source_hash
from harness.measure.provenance import stable_hash

ROOMS = ("evidence", "ranking")
"""Folders of this room whose code decides which recipe is advised; texts and files of settings do not."""
DIGITS = 12


def rules_hash() -> str:
    """First digits of the sha256 of the code that decides, without comments, and of the statistics that it uses."""
    package = Path(str(harness.__file__)).parent
    files = [path for room in ROOMS for path in sorted((package / "advice" / room).glob("*.py"))]
    files += sorted((package / "evidence").glob("*.py"))
    return stable_hash([[path.relative_to(package).as_posix(), source_hash(path)] for path in files])[:DIGITS]
