"""The mini tree as a DVC repository, whose `train` and `score` only copy text: what DVC itself does with dvc.yaml."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from tests.fork_server import served_python
from tests.mini_tree import write_mini_tree

ROOT = Path(__file__).parents[2]

PYTHON = """\
#!/bin/sh
# `python -m harness` of the stages: training and scoring copy text, the fork server runs every other verb
verb=$3 recipe=$4
case "$verb" in
train | score) ;;
*) exec SERVED -P "$@" ;;
esac
shift 4
while [ $# -gt 0 ]; do
  case "$1" in
  --domain) domains="${domains:+$domains+}$2" ;;
  --seed) seed=$2 ;;
  --protocol) verb=$2 ;;
  esac
  shift 2
done
[ "$verb" = train ] && sleep "${NAP:-0}"
[ "$recipe" = "${BROKEN:-}" ] && exit 3
run="runs/$recipe-$domains-$seed" records="reports/records/$recipe-$domains-$seed/$verb"
mkdir -p "$run" "$records"
if [ "$verb" = train ]; then
  cat params.yaml > "$run/weights"
  date +%N > "$records/record"
else
  cat params.yaml "$run/weights" > "$records/record"
fi
"""


def write_dvc_tree(folder: Path) -> Path:
    """The mini tree in a git and DVC repository; nothing ran yet."""
    root = write_mini_tree(folder)
    python = root.parent / "bin/python"
    python.parent.mkdir()
    python.write_text(PYTHON.replace("SERVED", str(served_python())))
    python.chmod(0o755)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    dvc(root, "init", "-q")
    return root


def dvc(root: Path, *arguments: str, fails: bool = False) -> str:
    """Output of a `dvc` command, which must succeed, or fail if `fails`."""
    path = f"{root.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "DVC_NO_ANALYTICS": "1", "PYTHONPATH": str(ROOT), "PATH": path}
    done = subprocess.run(
        [served_python(), "-m", "dvc", *arguments], cwd=root, capture_output=True, text=True, env=environment
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def ran(root: Path) -> list[str]:
    """The stages whose command `dvc repro` runs."""
    return re.findall(r"Running stage '([^']+)'", dvc(root, "repro"))
