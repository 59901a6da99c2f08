"""Which record format a file has, and which of its columns is what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.errors import DataError, did_you_mean
from harness.user_files.cells import is_cell, kind
from harness.user_files.columns import COMPLETIONS, LABELS, PROMPTS, TEXTS, Columns, candidates, listed
from harness.user_files.decisions import DecisionLog
from harness.user_files.formats.contract import SAMPLE, RecordFormat, TableFormat
from harness.user_files.formats.registry import FORMATS
from harness.user_files.record import Record

_PAIRS = ((("input", PROMPTS), ("output", COMPLETIONS)), (("input", TEXTS), ("label", LABELS)))


@dataclass(frozen=True)
class Choice:
    """A format, with the columns it reads."""

    format: RecordFormat
    columns: Columns


def choose_format(
    records: Sequence[Record], names: Sequence[str], *, columns: Columns, format: str | None, decisions: DecisionLog
) -> Choice:
    """What the user says, else what most of the first hundred records are.

    `names` are the file's columns, among which those of `columns` are known to be.

    Raises:
        DataError: no format fits, columns are ambiguous, or a record has the keys of another format than the majority.
    """
    if format is not None:
        return _named(format, records, names, columns=columns, decisions=decisions)
    aside = {columns.id, columns.cluster, columns.split}
    free = [name for name in names if name not in aside]
    if columns.input or columns.output:
        return _by_columns(free, columns, decisions=decisions)
    aside |= {columns.label}
    visible = [replace(record, value=_without(record.value, aside)) for record in records]
    found = _majority(visible)
    if columns.label and (found is None or found.name in ("text_label", "plain_text")):
        return _by_columns(free, columns, decisions=decisions)
    if found is None or found.name == "plain_text":
        _refuse_ambiguity(free, columns, decisions=decisions)
    if found is None:
        raise _unrecognised(names, decisions, visible)
    _refuse_mixture(visible, found, decisions=decisions)
    if found.name == "plain_text":
        _refuse_unread(visible, decisions=decisions)
    return Choice(found, _resolved(found, free, columns, decisions=decisions))


def first_fit(value: Mapping[str, Any]) -> RecordFormat | None:
    """The first format in the order of recognition that fits one record."""
    return next((candidate for candidate in FORMATS.values() if candidate.fits(value)), None)


def _named(
    name: str, records: Sequence[Record], names: Sequence[str], *, columns: Columns, decisions: DecisionLog
) -> Choice:
    if name not in FORMATS:
        hint = did_you_mean(name, FORMATS)
        raise DataError(f'the record format "{name}" is unknown', where=decisions.path, hint=hint)
    chosen = FORMATS[name]
    if not isinstance(chosen, TableFormat):
        if columns.input or columns.output:
            raise DataError(
                f"{chosen.title} has columns of its own, --input and --output do not go with it",
                where=decisions.path,
                hint="leave them out, or leave --format out",
            )
        if not chosen.recognise(records):
            raise DataError(
                f"the records are not {chosen.title}", where=decisions.path, expected=f"columns among: {listed(names)}"
            )
    return Choice(chosen, _resolved(chosen, names, columns, decisions=decisions))


def _by_columns(free: Sequence[str], columns: Columns, *, decisions: DecisionLog) -> Choice:
    """A table format, since the user names its columns: what they say, else an answer if there is one, else a label."""
    told = "prompt_completion" if columns.output else "text_label" if columns.label else None
    order = [told] if told else ["prompt_completion", "text_label"]
    for name in order:
        chosen = FORMATS[name]
        if isinstance(chosen, TableFormat) and (resolved := chosen.resolve(free, columns)):
            return Choice(chosen, resolved)
    _refuse_ambiguity(free, columns, decisions=decisions)
    if columns.input and not columns.output and not columns.label:
        return Choice(FORMATS["plain_text"], columns)
    raise _unrecognised(free, decisions)


def _resolved(chosen: RecordFormat, names: Sequence[str], columns: Columns, *, decisions: DecisionLog) -> Columns:
    if not isinstance(chosen, TableFormat):
        return columns
    resolved = chosen.resolve(names, columns)
    if resolved is None:
        _refuse_ambiguity(names, columns, decisions=decisions)
        raise _unrecognised(names, decisions)
    return resolved


def _without(value: dict[str, Any], names: set[str | None]) -> dict[str, Any]:
    return {name: inner for name, inner in value.items() if name not in names}


def _majority(records: Sequence[Record]) -> RecordFormat | None:
    """The most frequent first fit of the first records."""
    votes = Counter(found.name for record in records[:SAMPLE] if (found := first_fit(record.value)))
    return next((FORMATS[name] for name, _ in votes.most_common(1)), None)


def _refuse_mixture(records: Sequence[Record], chosen: RecordFormat, *, decisions: DecisionLog) -> None:
    """A record with fewer keys than the others only has gaps; one that another format fits is a mistake."""
    sample = [record.value for record in records[:SAMPLE]]
    known = {name for value in sample if first_fit(value) is chosen for name in value}
    for record in records:
        if record.value.keys() <= known:
            continue
        found = first_fit(record.value)
        if found is not None and found is not chosen:
            raise DataError(
                f"the record is {found.title}, but most of the file is {chosen.title}",
                where=decisions.at(record),
                expected="records of one format",
                hint="split the file, one format each",
            )


def _refuse_ambiguity(names: Sequence[str], columns: Columns, *, decisions: DecisionLog) -> None:
    """Raise where two columns could be the same thing, and nothing else decides."""
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
                where=decisions.path,
                expected=f"one of the columns: {listed(names)}",
                hint=f"say which: --{option} {found[option][0]}"
                + ("; or --format plain_text for documents" if option == "label" else ""),
            )


def _refuse_unread(records: Sequence[Record], *, decisions: DecisionLog) -> None:
    """Raise where a column beside the text looks like an answer, or like a label that no cell can hold."""
    for record in records[:SAMPLE]:
        for name in candidates(list(record.value), COMPLETIONS) + candidates(list(record.value), LABELS):
            value, is_label = record.value[name], name.strip().casefold() in LABELS
            if not value or (is_label and is_cell(value)):
                continue
            what = f"the label, but holds {kind(value)}" if is_label else "the output, and the text the input"
            hint = "write one label into it" if is_label else f"say so with --output {name}"
            raise DataError(
                f'the column "{name}" could be {what}',
                where=decisions.at(record),
                expected="one label per record" if is_label else "plain text, or what is asked and what is answered",
                hint=f"{hint}, or take --format plain_text to read the texts alone",
            )


def _unrecognised(names: Sequence[str], decisions: DecisionLog, records: Sequence[Record] = ()) -> DataError:
    nested = {
        name: kind(value) for record in records[:SAMPLE] for name, value in record.value.items() if not is_cell(value)
    }
    told = ", ".join(f'"{name[:60]}" holds {what}' for name, what in list(nested.items())[:5])
    table = decisions.path.casefold().removesuffix(".gz").endswith((".csv", ".tsv", ".tab"))
    return DataError(
        f"no record format fits its columns: {listed(names) or 'it has none'}" + (f" ({told})" if told else ""),
        where=decisions.path,
        expected="one of: " + "; ".join(known.title for known in FORMATS.values()),
        hint="say which column is what: --input COL with --output COL (free text) or --label COL (classes)"
        + ("; the first line must hold the names of the columns" if table else ""),
    )
