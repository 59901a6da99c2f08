"""Ask a saved model in a process that did not train it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.fork_server import served_python
from tests.tree import ROOT


def told_elsewhere(code: str, root: Path, *, forks: bool = False) -> Any:
    """What `code`, which finds `root` in sys.argv[1], prints as JSON in its last line.

    Args:
        forks: let the fork server run it, which has imported the libraries; not for code that looks at imports.
    """
    done = subprocess.run(
        [served_python() if forks else sys.executable, "-c", code, str(root)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])
