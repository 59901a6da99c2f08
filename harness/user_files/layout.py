"""How a text file is cut into records: what the user says, where the evidence in the file is not to decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.errors import DataError

Quoting = Literal["standard", "none"]
QUOTINGS: tuple[Quoting, ...] = ("standard", "none")
_SPELLED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}


@dataclass(frozen=True)
class Layout:
    """Options of tables and plain text. None: the file itself decides."""

    delimiter: str | None = None
    """The one sign between two cells."""
    quoting: Quoting | None = None
    """`standard`: quotes around a cell hold delimiters and line breaks. `none`: quotes are ordinary characters."""
    header: bool | None = None
    """Whether the first line holds the names of the columns."""
    lines: bool = False
    """Each line is one text."""

    @property
    def is_table(self) -> bool:
        """An option is given that only tables have."""
        return (self.delimiter, self.quoting, self.header) != (None, None, None)

    def options(self) -> dict[str, str | bool]:
        """The given options as `options` of a domain file."""
        given = {"delimiter": self.delimiter, "quoting": self.quoting, "header": self.header}
        named: dict[str, str | bool] = {name: value for name, value in given.items() if value is not None}
        return named | ({"lines": True} if self.lines else {})


DECIDED_BY_FILE = Layout()
"""Nothing is given."""


def layout_of(
    *, delimiter: str | None = None, quoting: str | None = None, header: bool | None = None, lines: bool = False
) -> Layout:
    """The layout; a delimiter may be spelled `tab`, `comma`, `semicolon` or `pipe`.

    Raises:
        DataError: a value is not possible, or `lines` is combined with an option of tables.
    """
    sign = _SPELLED.get(delimiter.casefold(), delimiter) if delimiter is not None else None
    if sign is not None and (len(sign) != 1 or sign in '"\r\n'):
        raise DataError(
            f"the delimiter is {delimiter!r}",
            expected="one sign, or tab, comma, semicolon or pipe",
            hint="--delimiter tab",
        )
    known = next((known for known in QUOTINGS if known == quoting), None)
    if known is None and quoting is not None:
        raise DataError(f"the quoting is {quoting!r}", expected=" or ".join(QUOTINGS), hint="--quoting none")
    layout = Layout(sign, known, header, lines)
    if lines and layout.is_table:
        what = "--lines reads each line as one text, so --delimiter, --quoting and --no-header do not apply"
        raise DataError(what, hint="leave out --lines to read a table")
    return layout
