from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fork_server import write_python

MAIN = """\
import os, sys
print(os.getcwd(), sys.argv, sys.path[0], os.environ["WHO"], sys.stdin.read())
print("é", file=sys.stderr)
if "fail" in sys.argv:
    raise ValueError("wrong")
sys.exit(3)
"""


def told(python: Path | str, folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output, and last line of the errors of `python -m harness` in a folder with a harness of its own."""
    done = subprocess.run(
        [python, "-m", "harness", *arguments],
        cwd=folder,
        env={**os.environ, "WHO": "me"},
        input="in",
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr.splitlines()[-1]


@pytest.mark.parametrize("arguments", [["train", "a"], ["train", "fail"], ["check"]])
def test_a_command_of_the_server_is_what_a_process_of_its_own_is(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "harness").mkdir()
    (tmp_path / "harness/__init__.py").touch()
    (tmp_path / "harness/__main__.py").write_text(MAIN)
    python = write_python(tmp_path / "bin/python", verbs=("train",))
    assert told(python, tmp_path, *arguments) == told(sys.executable, tmp_path, *arguments)
