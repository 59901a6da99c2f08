"""Limits against decompression bombs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from harness.errors import SourceError


@dataclass(frozen=True)
class Limits:
    """Beyond these limits an archive counts as a decompression bomb."""

    total_bytes: int = 20 * 10**9
    """Unpacked bytes of all members together."""
    ratio: float = 200
    """Unpacked bytes per packed byte. Model weights reach 2; JSON and CSV reach 30."""
    ratio_from: int = 100 * 10**6
    """Unpacked bytes from which the ratio is checked."""
    members: int = 1_000_000
    """Number of members."""


@dataclass(frozen=True)
class Guard:
    """Compares the size of one archive with the limits."""

    limits: Limits
    packed: int
    """Bytes of the archive itself."""
    where: str

    def check_bytes(self, unpacked: int) -> None:
        """Raise SourceError if this many unpacked bytes exceed the limits."""
        limits = self.limits
        too_dense = unpacked > limits.ratio_from and unpacked > limits.ratio * self.packed
        if unpacked > limits.total_bytes or too_dense:
            self._refuse(
                f"the archive of {self.packed:,} bytes unpacks to {unpacked:,} bytes or more",
                expected=f"at most {limits.total_bytes:,} bytes and {limits.ratio:g} times the archive's size",
            )

    def check_members(self, count: int) -> None:
        """Raise SourceError if this many members exceed the limits."""
        if count > self.limits.members:
            self._refuse(f"the archive holds {count:,} members or more", expected=f"at most {self.limits.members:,}")

    def _refuse(self, what: str, *, expected: str) -> NoReturn:
        hint = "if you trust the archive, unpack it yourself and use the folder as a source of kind `path`"
        raise SourceError(what, where=self.where, expected=expected, hint=hint)
