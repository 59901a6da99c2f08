"""The version of a package that an import gets, according to requirements.lock."""

from __future__ import annotations

import re
from pathlib import Path

from harness.errors import ConfigError

_PIN = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*===?\s*(?P<version>[^\s;#\\]+)")

DISTRIBUTIONS = {
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "google": "protobuf",
    "pynvml": "nvidia-ml-py",
    "ruamel": "ruamel.yaml",
    "sklearn": "scikit-learn",
    "vl_convert": "vl-convert-python",
    "yaml": "PyYAML",
}
"""Import name -> distribution, if the two differ in more than case, `-`, `_` and `.`."""


def canonical(name: str) -> str:
    """The normal form of a distribution's name (PEP 503): `ruamel.yaml` -> `ruamel-yaml`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(path: Path) -> dict[str, str]:
    """Canonical distribution name -> pinned version. Hashes, options, markers and comments are ignored.

    A package pinned twice (for different platforms) gets both versions, joined by `|`.

    Raises:
        ConfigError: the file is missing, or pins nothing.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError("the file does not exist", where=str(path), hint="restore it from git") from None
    pins: dict[str, set[str]] = {}
    for line in text.splitlines():
        if pin := _PIN.match(line):
            pins.setdefault(canonical(pin["name"]), set()).add(pin["version"])
    if not pins:
        raise ConfigError("pins no package", where=str(path), expected="lines such as `numpy==2.4.0`")
    return {name: "|".join(sorted(versions)) for name, versions in sorted(pins.items())}


def distribution_of(import_name: str) -> str:
    """The canonical name of the distribution that `import <import_name>` needs."""
    return canonical(DISTRIBUTIONS.get(import_name, import_name))
