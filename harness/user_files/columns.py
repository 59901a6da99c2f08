"""Which column is the input, the output, the label and so on: named by the user, or recognised by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from harness.errors import DataError, did_you_mean

PROMPTS = ("prompt", "instruction", "input", "question")
COMPLETIONS = ("completion", "response", "output", "answer")
TEXTS = (
    "text",
    "sentence",
    "content",
    "review",
    "question",
    "query",
    "body",
    "title",
    "message",
    "comment",
    "description",
    "utterance",
    "document",
    "input",
)
LABELS = ("label", "labels", "category", "class", "intent", "topic", "sentiment", "tag", "target")
"""Common names of columns. The first name of each list is the format's own and wins over the others."""


@dataclass(frozen=True)
class Columns:
    """Column names given by the user; None means that the column is recognised by its name."""

    input: str | None = None
    """Column of the prompt, or of the text that has a label."""
    output: str | None = None
    """Column of the reply that a model should write."""
    label: str | None = None
    """Column of the class; possible with any record format."""
    cluster: str | None = None
    """Column whose equal values keep records in one split (a customer, a source document)."""
    id: str | None = None
    """Column of a name of the record that is stable across versions of the file."""
    split: str | None = None
    """Column that says train, validation or test."""
    rating: str | None = None
    """Column that says how good the reply is; `none` if no column is a rating."""

    @property
    def named(self) -> dict[str, str]:
        """Option -> column, for the options that are given."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def others(self, names: Sequence[str]) -> list[str]:
        """The names that no option uses."""
        given = set(self.named.values())
        return [name for name in names if name not in given]


NONE_GIVEN = Columns()
"""All columns are left to recognition."""


def candidates(names: Sequence[str], aliases: Sequence[str]) -> list[str]:
    """The columns with a name in `aliases`, ignoring case; only the column with the first alias if it exists."""
    found = [name for name in names if name.strip().casefold() in aliases]
    own = [name for name in found if name.strip().casefold() == aliases[0]]
    exact = [name for name in own if name == aliases[0]]
    return exact or own or found


def the_one(names: Sequence[str], aliases: Sequence[str]) -> str | None:
    """The only candidate; None if there is none or more than one."""
    found = candidates(names, aliases)
    return found[0] if len(found) == 1 else None


def check_columns(columns: Columns, names: Sequence[str], *, where: str) -> None:
    """Pass if all named columns exist and input, output and label are different columns.

    Raises:
        DataError: a column does not exist (the nearest name is suggested), or one column has two of these roles.
    """
    for option, name in columns.named.items():
        if name not in names and (option, name) != ("rating", "none"):
            raise DataError(
                f'the file has no column "{name}" (named with --{option})',
                where=where,
                expected=f"one of: {listed(names)}",
                hint=did_you_mean(name, names),
            )
    roles = [
        (option, name) for option, name in columns.named.items() if option in ("input", "output", "label", "rating")
    ]
    for option, name in roles:
        for other, same in roles:
            if option < other and name == same:
                what = f'the column "{name}" is named with both --{option} and --{other}'
                raise DataError(what, where=where, hint="name a different column for each option")


def listed(names: Sequence[str]) -> str:
    """The names for a message, such as `"text", "label"`; at most 30 of them."""
    shown = ", ".join(f'"{name[:60]}"' for name in names[:30])
    return f"{shown} and {len(names) - 30} more" if len(names) > 30 else shown
