"""Errors that a user can act on: what is wrong, where, what was expected and what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class HarnessError(Exception):
    """A problem with the input or the environment. The command line prints it without a traceback.

    Args:
        what: what is wrong.
        where: the file, with key or line, or the option.
        expected: what would be right.
        hint: what to do next.
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
    """A YAML file or a command-line option is wrong."""


class SourceError(HarnessError):
    """An artefact cannot be obtained, or differs from what is pinned."""


class DataError(HarnessError):
    """Data of a domain or records of a run cannot be used as they are."""


class RunFailed(HarnessError):
    """A training ended without a usable model. The board shows the run as a row with this reason."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`did you mean "lora"?` if a known name is similar, else the list of known names."""
    choices = sorted(known)
    return similar(name, choices) or "known: " + (", ".join(choices) if choices else "none")


def similar(name: str, known: Iterable[str]) -> str | None:
    """`did you mean "lora"?` if a known name is similar, else null: for errors that list the known names themselves."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else None
