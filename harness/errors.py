"""Errors that a user can act on: what was wrong, where, what was expected and what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class HarnessError(Exception):
    """A mistake in the input or the environment, told without a traceback.

    `what` says what was wrong, `where` the file and key or line, `expected` what would have been
    right, `hint` what to do next.
    """

    def __init__(
        self, what: str, *, where: str | None = None, expected: str | None = None, hint: str | None = None
    ) -> None:
        self.what, self.where, self.expected, self.hint = what, where, expected, hint
        super().__init__(what)

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class ConfigError(HarnessError):
    """A YAML file that does not say what it must."""


class SourceError(HarnessError):
    """An artefact that cannot be had, or is not what was pinned."""


class DataError(HarnessError):
    """Domain data that cannot be used as it is."""


class RunFailed(HarnessError):
    """A training that ended without a usable model; it becomes a row of the board with this reason."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`did you mean "lora"?` if a known name is near, else the list of known names."""
    choices = sorted(known)
    near = difflib.get_close_matches(name, choices, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    return "known: " + (", ".join(choices) if choices else "none")
