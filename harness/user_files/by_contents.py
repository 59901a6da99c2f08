"""Read text and label by the contents of their columns, where the names of the columns are not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.items.item import Note
from harness.user_files.columns import LABELS, TEXTS, Columns, listed
from harness.user_files.decision_log import DecisionLog
from harness.user_files.likely_columns import described, likely_labels, likely_texts, options_for, the_label, the_text
from harness.user_files.record import Record

READ = (
    'records got their label from the column "{{name}}", because its name and its {values} values look like a label; '
    "--format plain_text reads only the texts"
)
_INPUT = (
    'records got their text from the column "{name}", the only one that clearly holds texts; --input COL names another'
)
UNREAD_LABEL = (
    "records were read as plain text, without a label: no column is named {wanted}; "
    'the values of "{{name}}" ({values} different ones) look like a label: to use it, give --label "{{name}}"'
)


def text_and_label(
    records: Sequence[Record], names: Sequence[str], columns: Columns, *, text: str | None
) -> tuple[Columns, tuple[Note, ...]] | None:
    """`columns` with input and label filled in, and notes that say so; None if the contents do not show them clearly.

    `text`: the column of the text, if its name is known.
    """
    decisions = DecisionLog()
    label = columns.label
    if label is None:
        likely = the_label(likely_labels(records, names, taken=text))
        if likely is None:
            return None
        label = likely.name
        decisions.count_named(READ.format(values=likely.values), label, len(records))
    if text is None:
        found = the_text(likely_texts(records, names, taken=label))
        if found is None:
            return None
        text = found.name
        decisions.count_named(_INPUT, text, len(records))
    return replace(columns, input=text, label=label), decisions.notes()


def missed_label(records: Sequence[Record], names: Sequence[str], *, text: str | None) -> tuple[Note, ...]:
    """Notes about columns that plain text ignores although their values look like labels; often none."""
    decisions = DecisionLog()
    for column in likely_labels(records, names, taken=text):
        what = UNREAD_LABEL.format(wanted=", ".join(LABELS), values=column.values)
        decisions.count_named(what, column.name, len(records))
    return decisions.notes()


def suggestion(records: Sequence[Record], names: Sequence[str]) -> str | None:
    """What was looked for, and the options that would probably read the file; None if no column looks right."""
    labels = likely_labels(records, names)
    texts = likely_texts(records, names, taken=labels[0].name if labels else None)
    looked = f"looked for a text ({', '.join(TEXTS)}) and a label ({', '.join(LABELS)})"
    if texts and labels:
        found = f"{listed([texts[0].name])} looks like the text, and {described(labels)} like a label"
        return f"{looked}; {found}: try {options_for(labels, texts[0].name)}"
    if len(texts) == 2:
        first, second = sorted(texts, key=lambda column: list(names).index(column.name))
        pair = f'--input "{first.name}" --output "{second.name}"'
        return f"{looked}; {listed([first.name, second.name])} look like texts: try {pair}"
    return None
