"""`python -m harness.running.around_dvc.dvc_program ...`: DVC, which reads dvc.lock in C before it changes it.

DVC writes the whole of dvc.lock after every stage. It reads it first with ruamel's parser in Python, which keeps
comments, and dvc.lock has none. With ten thousand lines, reading in C saves a second and more per stage; what is
written is the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.freshness.lock_file import LOCK_FILE


def read_lock_fast() -> None:
    """Let DVC, in this process, read dvc.lock with its fast parser also where it is going to change it."""
    from dvc.utils.serialize import _yaml

    slow = _yaml.parse_yaml_for_update

    def parse_yaml_for_update(text: str, path: str) -> Any:
        return _yaml.parse_yaml(text, path) if Path(path).name == LOCK_FILE else slow(text, path)

    _yaml.parse_yaml_for_update = parse_yaml_for_update


if __name__ == "__main__":
    import sys

    from dvc.cli import main

    read_lock_fast()
    sys.exit(main(sys.argv[1:]))
