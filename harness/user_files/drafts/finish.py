"""Finish drafts: clean their texts, add label, id, cluster and split, and leave out unusable ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.errors import DataError
from harness.items.item import Item
from harness.user_files.cell_text import cell_text
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.cleaning import cleaned, one_line
from harness.user_files.drafts.draft import Draft
from harness.user_files.drafts.given_splits import with_splits
from harness.user_files.drafts.ids import with_ids

MAX_TEXT = 200_000
"""Most characters of a text or an answer; no model here reads as much at once."""

ANY_REPLY = "answer or wrong_answers"
"""In `needs`: one of the two fields; a rated reply may be right or wrong."""
TOO_LONG = f"records with a text over {MAX_TEXT:,} characters were left out"
LINE_BREAKS = "labels had line breaks, tabs or double spaces turned into single spaces"
NUMBERS = "labels that were numbers were turned into text"
BOOLEANS = "labels that were true or false were turned into text"


def finish_drafts(
    drafts: Iterable[Draft], columns: Columns, *, needs: Sequence[str], has_ids: bool, decisions: DecisionLog
) -> list[Item]:
    """The usable items in the order of the file.

    An item is usable if it has all fields in `needs`, and a label if `columns` names a label column. `has_ids`: the
    file has a column `id`.

    Raises:
        DataError: a split is unknown, or only some records have one; a cell holds a list, an object or bytes.
    """
    wanted = [*needs, "label"] if columns.label and "label" not in needs else list(needs)
    kept: list[tuple[Draft, Item]] = []
    for draft in drafts:
        item = _item(draft, columns, decisions=decisions)
        reason = _unusable(item, wanted)
        if reason:
            decisions.count(reason)
        else:
            kept.append((draft, item))
    items = with_splits([item for _, item in kept], [draft.record for draft, _ in kept], columns.split)
    id_column = columns.id or ("id" if has_ids else None)
    names = [_line(draft.id or _id_cell(draft, id_column), decisions) for draft, _ in kept]
    return with_ids(items, names, decisions=decisions)


def _item(draft: Draft, columns: Columns, *, decisions: DecisionLog) -> Item:
    """The item without its id. An empty cluster means that the item is a cluster of its own."""
    text = cleaned(draft.text or "", decisions)
    positive = cleaned(draft.positive or "", decisions) or None
    cluster = cell_text(draft.record, columns.cluster) if columns.cluster else draft.cluster
    return Item(
        id="",
        text=text,
        cluster=_line(cluster, decisions) or "",
        label=_label(draft, columns.label, decisions),
        answer=cleaned(draft.answer or "", decisions) or None,
        other_answers=_all_cleaned(draft.other_answers, decisions),
        wrong_answers=_all_cleaned(draft.wrong_answers, decisions),
        anchors=(text,) if positive else (),
        positive=positive,
        negatives=_all_cleaned(draft.negatives, decisions),
        is_document=draft.is_document,
    )


def _label(draft: Draft, column: str | None, decisions: DecisionLog) -> str | None:
    text = cell_text(draft.record, column)
    if text is None or text.strip().casefold() == "nan":  # pandas and R write a missing value in CSV as NaN
        return None
    label = one_line(text, decisions)
    value = draft.record.value[column or ""]
    if isinstance(value, bool):
        decisions.count(BOOLEANS)
    elif isinstance(value, int | float):
        decisions.count(NUMBERS)
    decisions.count(LINE_BREAKS, int(" ".join(text.split()) != text.strip()))
    return label or None


def _unusable(item: Item, wanted: Sequence[str]) -> str | None:
    """Why the item is left out; None if it is usable."""
    for field in wanted:
        if not any(getattr(item, name) for name in field.split(" or ")):
            return f"records with an empty {field.split(' or ')[0].replace('_answers', ' answer')} were left out"
    texts = [item.text, item.answer, item.positive, *item.other_answers, *item.wrong_answers, *item.negatives]
    return TOO_LONG if any(text and len(text) > MAX_TEXT for text in texts) else None


def _all_cleaned(texts: Sequence[str], decisions: DecisionLog) -> tuple[str, ...]:
    return tuple(clean for text in texts if (clean := cleaned(text, decisions)))


def _line(text: str | None, decisions: DecisionLog) -> str | None:
    return (one_line(text, decisions) or None) if text else None


def _id_cell(draft: Draft, column: str | None) -> str | None:
    try:
        return cell_text(draft.record, column)
    except DataError as error:
        raise DataError(error.what, where=error.where, expected="an id", hint="name another column with --id") from None
