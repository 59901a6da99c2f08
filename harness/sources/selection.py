"""Select files of an artefact with the `files` globs of its source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from harness.errors import SourceError, did_you_mean


def wanted(name: str, globs: Iterable[str]) -> bool:
    """Whether any glob matches. `*` also matches `/`, as in the hub's `allow_patterns`."""
    return any(fnmatchcase(name, glob) for glob in globs)


def require_matches(names: Sequence[str], globs: Iterable[str], *, where: str) -> None:
    """Pass if each glob matches at least one name.

    Raises:
        SourceError: names the first glob that matches nothing, and some of the existing names.
    """
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in names):
            shown = ", ".join(sorted(names)[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
            near = did_you_mean(glob, names)
            raise SourceError(
                f'the glob "{glob}" in `files` matches nothing',
                where=where,
                expected=f"a match among {shown}" if names else "at least one file, but there is none",
                hint=near if near.startswith("did") else "correct `files` in data/sources.yaml",
            )
