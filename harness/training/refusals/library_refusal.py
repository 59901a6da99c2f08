"""Turn the error of a library that refuses a recipe's settings into a failed run with that reason."""

from __future__ import annotations

from types import TracebackType

from harness.errors import RunFailed

REFUSALS = (ValueError, TypeError, NotImplementedError)
"""What libraries raise for settings that they do not accept."""


class library_refusal:  # noqa: N801 - reads as a statement, like contextlib.suppress
    """Around calls that build a configuration, wrap a model or construct a trainer: `with library_refusal("trl"):`.

    A ValueError, TypeError or NotImplementedError that the package raises leaves the block as
    `RunFailed("refused by trl: ...")`. The package raised it if the traceback below the last frame of our own code
    has a frame of the package; it may have called a further library that raised. Every other error stays as it is,
    such as a TypeError of our own call or a ValueError in a callback that the package calls: those are bugs.

    Keep the block small: a batch of a wrong shape, found hours into a training, is no refusal of settings.
    """

    def __init__(self, package: str, *, note: str = "") -> None:
        """`note` is appended to the reason, for example the names that would have been possible."""
        self.package, self.note = package, note

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Convert the package's refusal.

        Raises:
            RunFailed: the package refused.
        """
        if isinstance(error, REFUSALS) and self.package in _packages_below_our_code(traceback):
            reason = " ".join(str(error).split()) or type(error).__name__
            raise RunFailed(f"refused by {self.package}: {reason}{f' ({self.note})' if self.note else ''}") from error


def _packages_below_our_code(traceback: TracebackType | None) -> list[str]:
    """Top-level package of each frame after the last one of the package that holds the `with`."""
    packages = []
    while traceback is not None:
        packages.append(str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0])
        traceback = traceback.tb_next
    ours = packages[0] if packages else ""
    last = max((place for place, package in enumerate(packages) if package == ours), default=0)
    return packages[last + 1 :]
