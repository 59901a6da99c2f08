"""The error of a file that cannot be used, which a builder counts or passes on."""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import DataError


class UnusableFile(DataError):
    """A picture, a recording or a table row that no model can use."""

    def __init__(self, reason: str, *, where: str, hint: str | None = None) -> None:
        self.reason = reason
        """What is wrong, as the end of `files were left out: `: `it is damaged or truncated`."""
        super().__init__(f"the file cannot be used: {reason}", where=where, hint=hint)


@dataclass(frozen=True)
class Checked:
    """A file as a prepared domain holds it."""

    content: bytes
    suffix: str
    """`.png`, `.jpg`, `.wav`, `.npy` or `.json`."""
    changes: tuple[str, ...] = ()
    """What was decided about it, each as the end of `pictures ...`: `are animated: only the first frame is used`."""
