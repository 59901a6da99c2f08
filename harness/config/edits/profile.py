"""Write params.yaml from a ready-made profile, or list the profiles."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from harness.errors import ConfigError, did_you_mean
from harness.runtime.atomic_output import atomic_file

SHOWN_LINES = 12
"""Lines of the difference that the error shows."""


def find_root(start: Path) -> Path:
    """The nearest folder, here or above, with dvc.yaml and profiles; params.yaml need not exist.

    Raises:
        ConfigError: there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "dvc.yaml").is_file() and profile_files(folder):
            return folder
    raise ConfigError(
        "no dvc.yaml with harness/profiles/ here or in any folder above",
        where=str(start),
        hint="run it from a clone of the harness",
    )


def listing(root: Path) -> list[str]:
    """One line per profile; `*` marks the active one."""
    active = active_profile(root)
    files = profile_files(root)
    width = max(len(path.stem) for path in files)
    lines = [f"{'*' if path.stem == active else ' '} {path.stem:<{width}}  {_first_comment(path)}" for path in files]
    if active is None:
        state = "differs from all profiles" if (root / "params.yaml").is_file() else "does not exist"
        lines.append(f"params.yaml {state}")
    return lines


def active_profile(root: Path) -> str | None:
    """The profile that is equal to params.yaml, byte for byte; null: none is."""
    settings = root / "params.yaml"
    if not settings.is_file():
        return None
    content = settings.read_bytes()
    return next((path.stem for path in profile_files(root) if path.read_bytes() == content), None)


def write_profile(root: Path, name: str, *, force: bool = False) -> bool:
    """Copy the profile to params.yaml; False if params.yaml is equal to it already.

    Raises:
        ConfigError: there is no such profile, or params.yaml holds edits and `force` is false.
    """
    profiles = {path.stem: path for path in profile_files(root)}
    if name not in profiles:
        raise ConfigError(
            f'unknown profile "{name}"', where=str(root / "harness/profiles"), hint=did_you_mean(name, profiles)
        )
    settings = root / "params.yaml"
    active = active_profile(root)
    if active == name:
        return False
    if settings.is_file() and active is None and not force:
        edits = _edits(settings, list(profiles.values()))
        raise ConfigError(
            f"has edits that would be lost; the difference from the nearest profile is:\n{edits}",
            where=str(settings),
            hint=f"keep a copy; `harness profile {name} --force` overwrites the edits",
        )
    with atomic_file(settings) as working:
        working.write_bytes(profiles[name].read_bytes())
    return True


def _edits(settings: Path, profiles: Sequence[Path]) -> str:
    """The unified difference from the most similar profile, cut after a few lines."""
    edited = settings.read_text(encoding="utf-8", errors="replace").splitlines()
    differences = [
        list(
            difflib.unified_diff(
                path.read_text(encoding="utf-8").splitlines(), edited, str(path.name), settings.name, n=0, lineterm=""
            )
        )
        for path in profiles
    ]
    nearest = min(differences, key=len)
    more = len(nearest) - SHOWN_LINES
    lines = nearest[:SHOWN_LINES] + ([f"... and {more} more lines"] if more > 0 else [])
    return "\n".join(f"  {line}" for line in lines) or "  (only line ends differ)"


def _first_comment(path: Path) -> str:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    return first.lstrip("# ") if first.startswith("#") else ""


def profile_files(root: Path) -> list[Path]:
    """The ready-made settings, by name."""
    return sorted((root / "harness/profiles").glob("*.yaml"))
