"""Which column is what: as the user says it, or told by its name."""

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
"""Common names of columns; the first of each is the format's own and wins over the others."""


@dataclass(frozen=True)
class Columns:
    """Names of columns that the user gives; None leaves it to recognition."""

    input: str | None = None
    """What is asked: the prompt, or the text that has a label."""
    output: str | None = None
    """What a model should write."""
    label: str | None = None
    """The class; may be given with any record format."""
    cluster: str | None = None
    """Records that share an origin; a cluster never straddles splits."""
    id: str | None = None
    split: str | None = None
    """Where the file says which part a record belongs to: train, validation or test."""

    @property
    def named(self) -> dict[str, str]:
        """Option -> column, of those that are given."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def others(self, names: Sequence[str]) -> list[str]:
        """The names that are not given to any option."""
        given = set(self.named.values())  # a table may have thousands of columns
        return [name for name in names if name not in given]


NONE_GIVEN = Columns()


def candidates(names: Sequence[str], aliases: Sequence[str]) -> list[str]:
    """The columns that one of `aliases` calls, case aside; only that of the first alias if it is there."""
    found = [name for name in names if name.strip().casefold() in aliases]
    own = [name for name in found if name.strip().casefold() == aliases[0]]
    exact = [name for name in own if name == aliases[0]]
    return exact or own or found


def the_one(names: Sequence[str], aliases: Sequence[str]) -> str | None:
    """The only candidate, or None if there are none or several."""
    found = candidates(names, aliases)
    return found[0] if len(found) == 1 else None


def check_columns(columns: Columns, names: Sequence[str], *, where: str) -> None:
    """Pass if all named columns exist and none has two roles that exclude each other.

    Raises:
        DataError: one does not exist (with the nearest that does), or input, output and label are not different.
    """
    for option, name in columns.named.items():
        if name not in names:
            raise DataError(
                f'has no column "{name}" (asked for with --{option})',
                where=where,
                expected=f"one of: {listed(names)}",
                hint=did_you_mean(name, names),
            )
    roles = [(option, name) for option, name in columns.named.items() if option in ("input", "output", "label")]
    for option, name in roles:
        for other, same in roles:
            if option < other and name == same:
                raise DataError(f'"{name}" is named as both --{option} and --{other}', where=where)


def listed(names: Sequence[str]) -> str:
    """`"text", "label"`, at most 30 of them."""
    shown = ", ".join(f'"{name[:60]}"' for name in names[:30])
    return f"{shown} and {len(names) - 30} more" if len(names) > 30 else shown
