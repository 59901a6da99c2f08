"""Recognise the record format of a file, and which of its columns the format reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.errors import DataError, did_you_mean
from harness.items.item import Note
from harness.user_files.by_contents import missed_label, suggestion, text_and_label
from harness.user_files.cell_text import is_cell, kind_of
from harness.user_files.columns import COMPLETIONS, LABELS, PROMPTS, TEXTS, Columns, candidates, listed
from harness.user_files.formats.contract import SAMPLE, RecordFormat, TableFormat
from harness.user_files.formats.registry import FORMATS
from harness.user_files.json_cells import shape_of
from harness.user_files.record import Record

_PAIRS = ((("input", PROMPTS), ("output", COMPLETIONS)), (("input", TEXTS), ("label", LABELS)))
"""(option, common names of its column) of the two columns that a table format needs."""


@dataclass(frozen=True)
class Choice:
    """A record format, with the columns that it reads."""

    format: RecordFormat
    columns: Columns
    notes: tuple[Note, ...] = ()
    """What was decided by the contents of columns, because their names say nothing."""


def choose_format(
    records: Sequence[Record], names: Sequence[str], *, columns: Columns, format: str | None, file: str
) -> Choice:
    """The format that the user names; otherwise the format of most of the first hundred records.

    `names` are the columns of the file; the columns in `columns` are known to be among them. `file` is for messages.

    Raises:
        DataError: no format fits, several columns could have the same role, or a record has another format than most.
    """
    if format is not None:
        return _named(format, records, names, columns=columns, file=file)
    not_content = {columns.id, columns.cluster, columns.split}
    free = [name for name in names if name not in not_content]
    if columns.input or columns.output:
        return _by_columns(free, columns, records, file=file)
    not_content |= {columns.label}
    visible = [replace(record, value=_without(record.value, not_content)) for record in records]
    found = _majority(visible)
    if columns.label and (found is None or found.name in ("text_label", "plain_text")):
        return _by_columns(free, columns, records, file=file)
    if found is None or found.name == "plain_text":
        _refuse_ambiguity(free, columns, file=file)
    if found is not None:
        _refuse_mixture(visible, found)
        if found.name != "plain_text":
            return Choice(found, _resolved(found, free, columns, file=file))
        _refuse_unread(visible)
    plain = _resolved(found, free, columns, file=file) if found is not None else columns
    by_contents = text_and_label(records, free, columns, text=plain.input)
    if by_contents is not None:
        return Choice(FORMATS["text_label"], *by_contents)
    if found is None:
        raise _unrecognised(names, visible, file=file)
    return Choice(found, plain, missed_label(records, free, text=plain.input))


def first_fit(value: Mapping[str, Any]) -> RecordFormat | None:
    """The first format, in the order of recognition, that fits one record."""
    return next((candidate for candidate in FORMATS.values() if candidate.fits(value)), None)


def _named(name: str, records: Sequence[Record], names: Sequence[str], *, columns: Columns, file: str) -> Choice:
    if name not in FORMATS:
        raise DataError(f'the record format "{name}" is unknown', where=file, hint=did_you_mean(name, FORMATS))
    chosen = FORMATS[name]
    if not isinstance(chosen, TableFormat):
        if columns.input or columns.output:
            raise DataError(
                f"{chosen.title} has fixed columns, so --input and --output cannot be given",
                where=file,
                hint="remove --input and --output, or remove --format",
            )
        if not chosen.recognise(records):
            raise DataError(
                f"the records are not {chosen.title}",
                where=file,
                expected=f"the columns of this format; the file has {listed(names) or 'no columns'}",
                hint="remove --format to recognise the format",
            )
    return Choice(chosen, _resolved(chosen, names, columns, file=file))


def _by_columns(free: Sequence[str], columns: Columns, records: Sequence[Record], *, file: str) -> Choice:
    """The table format for the columns that the user names; an output decides before a label."""
    asked_for = "prompt_completion" if columns.output else "text_label" if columns.label else None
    for name in [asked_for] if asked_for else ["prompt_completion", "text_label"]:
        chosen = FORMATS[name]
        if isinstance(chosen, TableFormat) and (resolved := chosen.resolve(free, columns)):
            return Choice(chosen, resolved)
    _refuse_ambiguity(free, columns, file=file)
    if columns.input and not columns.output and not columns.label:
        return Choice(FORMATS["plain_text"], columns, missed_label(records, free, text=columns.input))
    if columns.label and not columns.output:
        by_contents = text_and_label(records, free, columns, text=None)
        if by_contents is not None:
            return Choice(FORMATS["text_label"], *by_contents)
    raise _unrecognised(free, file=file)


def _resolved(chosen: RecordFormat, names: Sequence[str], columns: Columns, *, file: str) -> Columns:
    if not isinstance(chosen, TableFormat):
        return columns
    resolved = chosen.resolve(names, columns)
    if resolved is None:
        _refuse_ambiguity(names, columns, file=file)
        raise _unrecognised(names, file=file)
    return resolved


def _without(value: dict[str, Any], names: set[str | None]) -> dict[str, Any]:
    return {name: inner for name, inner in value.items() if name not in names}


def _majority(records: Sequence[Record]) -> RecordFormat | None:
    """The format that fits most of the first records."""
    votes = Counter(found.name for record in records[:SAMPLE] if (found := first_fit(record.value)))
    return next((FORMATS[name] for name, _ in votes.most_common(1)), None)


def _refuse_mixture(records: Sequence[Record], chosen: RecordFormat) -> None:
    """Raise at the first record of another format. Records that only lack keys are accepted."""
    sample = [record.value for record in records[:SAMPLE]]
    known = {name for value in sample if first_fit(value) is chosen for name in value}
    for record in records:
        if record.value.keys() <= known:
            continue
        found = first_fit(record.value)
        if found is not None and found is not chosen:
            raise DataError(
                f"the record is {found.title}, but most of the file is {chosen.title}",
                where=record.where,
                expected="records of one format",
                hint="write the records of each format into a file of their own",
            )


def _refuse_ambiguity(names: Sequence[str], columns: Columns, *, file: str) -> None:
    """Raise if several columns could have the same role."""
    taken = set(columns.named.values())
    free = [name for name in names if name not in taken]
    for pair in _PAIRS:
        found: dict[str, list[str]] = {}
        for option, aliases in pair:
            given = columns.named.get(option)
            found[option] = [given] if given else candidates(free, aliases)
        doubtful = [option for option, columns_of in found.items() if len(columns_of) > 1]
        if all(found.values()) and doubtful:
            option = doubtful[0]
            raise DataError(
                f"several columns could be the {option}: {listed(found[option])}",
                where=file,
                expected=f"one of the columns: {listed(names)}",
                hint=f"name one, for example --{option} {found[option][0]}"
                + ("; or --format plain_text if the texts have no label" if option == "label" else ""),
            )


def _refuse_unread(records: Sequence[Record]) -> None:
    """Raise if plain text would ignore a column that looks like an answer, or like a label that holds a list."""
    for record in records[:SAMPLE]:
        for name in candidates(list(record.value), COMPLETIONS) + candidates(list(record.value), LABELS):
            value, is_label = record.value[name], name.strip().casefold() in LABELS
            if not value or (is_label and is_cell(value)):
                continue
            what = f"the label, but holds {kind_of(value)}" if is_label else "the output, with the text as the input"
            hint = "write one label into each record" if is_label else f"name it with --output {name}"
            raise DataError(
                f'the column "{name}" could be {what}',
                where=record.where,
                expected="one label per record" if is_label else "plain text only, or an input and an output",
                hint=f"{hint}; or use --format plain_text to read only the texts",
            )


def _unrecognised(names: Sequence[str], records: Sequence[Record] = (), *, file: str) -> DataError:
    nested = {
        name: shape
        for record in records[:SAMPLE]
        for name, value in record.value.items()
        if (shape := shape_of(value)) is not None
    }
    kinds = ", ".join(f'"{name[:60]}" holds {what}' for name, what in list(nested.items())[:5])
    named = (".jsonl", ".ndjson", ".json", ".parquet", ".pq")
    table = "column 1" not in names and not file.casefold().removesuffix(".gz").endswith(named)
    return DataError(
        f"no record format fits the columns: {listed(names) or 'the records have none'}"
        + (f" ({kinds})" if kinds else ""),
        where=file,
        expected="one of: " + "; ".join(known.title for known in FORMATS.values()),
        hint=(
            suggestion(records, names)
            or "name the columns: --input COL, and --output COL (free text) or --label COL (classes)"
        )
        + ("; a list of messages needs role and content, or from and value, in each message" if nested else "")
        + ("; the first line must hold the names of the columns (else use --no-header)" if table else ""),
    )
