"""Files that are wrong in some way, and what is said about them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.user_files.containers.read_file import read_file

ROWS = [{"text": "a", "label": "x"}, {"text": "b", "label": "y"}]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)


def write_file(folder: Path, content: bytes | str, name: str = "data.jsonl") -> Path:
    """Any content under any name."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def complaint(path: Path) -> str:
    """What `read_file` says about a bad file."""
    with pytest.raises(DataError) as error:
        read_file(path)
    return str(error.value)
