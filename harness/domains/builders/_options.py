"""Check the options of builders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.errors import DataError, did_you_mean


def numbers(options: Mapping[str, Any], defaults: Mapping[str, int]) -> dict[str, int]:
    """The options, with the defaults for those that are not set. `defaults` lists all that there are.

    Raises:
        DataError: an option is unknown, or no number above 0.
    """
    for name, value in options.items():
        if name not in defaults:
            raise DataError(f'unknown option "{name}"', where="options", hint=did_you_mean(name, defaults))
        if type(value) is not int or value < 1:
            raise DataError(f'"{name}" is {value!r}', where="options", expected="a number of at least 1")
    return {**defaults, **options}


def none(options: Mapping[str, Any], *, builder: str) -> None:
    """Refuse options of a builder that has none.

    Raises:
        DataError: options were given.
    """
    if options:
        what = f"the builder {builder} has no options, but the domain sets {sorted(options)}"
        raise DataError(what, hint="remove `options` from the domain")


def texts(options: Mapping[str, Any], known: Sequence[str]) -> dict[str, str]:
    """The options of a builder that has only texts.

    Raises:
        DataError: an option is unknown or no text.
    """
    for name, value in options.items():
        if name not in known:
            raise DataError(f'unknown option "{name}"', where="options", hint=did_you_mean(name, known))
        if not isinstance(value, str):
            raise DataError(f'"{name}" is {value!r}', where="options", expected="a text")
    return dict(options)
