"""Drafts to items: clean texts, spelled labels, ids, clusters and given splits; what cannot be used is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.errors import DataError
from harness.items.item import Item
from harness.user_files.cells import cell
from harness.user_files.cleaning import cleaned, one_line
from harness.user_files.columns import Columns
from harness.user_files.decisions import DecisionLog
from harness.user_files.formats.contract import Draft
from harness.user_files.given_split import with_splits
from harness.user_files.identity import identified

MAX_TEXT = 200_000
"""Characters of a text or an answer: far beyond what any model here reads at once."""

TOO_LONG = f"records with a text over {MAX_TEXT:,} characters were left out"
LINE_BREAKS = "labels had line breaks, tabs or double spaces turned into single spaces"
NUMBERS = "labels that were numbers were turned into text"
BOOLEANS = "labels that were true or false were turned into text"


def finished(
    drafts: Iterable[Draft], columns: Columns, *, needs: Sequence[str], has_ids: bool, decisions: DecisionLog
) -> list[Item]:
    """Items with all that `needs` and the given columns ask for, in the order of the file.

    `has_ids` says that the file has a column `id`.

    Raises:
        DataError: a split that is unknown, or that only some records have; a cell of the wrong kind.
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
    items = with_splits(
        [item for _, item in kept], [draft.record for draft, _ in kept], columns.split, decisions=decisions
    )
    column = columns.id or ("id" if has_ids else None)
    names = [_line(draft.id or _id_cell(draft, column, decisions), decisions) for draft, _ in kept]
    return identified(items, names, decisions=decisions)


def _item(draft: Draft, columns: Columns, *, decisions: DecisionLog) -> Item:
    """Without id; the cluster is empty where the item is its own."""
    text = cleaned(draft.text or "", decisions)
    positive = cleaned(draft.positive or "", decisions) or None
    cluster = cell(draft.record, columns.cluster, decisions) if columns.cluster else draft.cluster
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
    words = cell(draft.record, column, decisions)
    if words is None or words.strip().casefold() == "nan":  # as pandas and R spell a missing value in CSV
        return None
    label = one_line(words, decisions)
    value = draft.record.value[column or ""]
    if isinstance(value, bool):
        decisions.count(BOOLEANS)
    elif isinstance(value, int | float):
        decisions.count(NUMBERS)
    decisions.count(LINE_BREAKS, int(" ".join(words.split()) != words.strip()))
    return label or None


def _unusable(item: Item, wanted: Sequence[str]) -> str | None:
    """Why the item is left out, or None."""
    for field in wanted:
        if not getattr(item, field):
            return f"records with an empty {field.replace('_answers', ' answer')} were left out"
    texts = [item.text, item.answer, item.positive, *item.other_answers, *item.wrong_answers, *item.negatives]
    return TOO_LONG if any(text and len(text) > MAX_TEXT for text in texts) else None


def _all_cleaned(texts: Sequence[str], decisions: DecisionLog) -> tuple[str, ...]:
    return tuple(clean for text in texts if (clean := cleaned(text, decisions)))


def _line(text: str | None, decisions: DecisionLog) -> str | None:
    return (one_line(text, decisions) or None) if text else None


def _id_cell(draft: Draft, column: str | None, decisions: DecisionLog) -> str | None:
    try:
        return cell(draft.record, column, decisions)
    except DataError as error:
        raise DataError(error.what, where=error.where, expected="an id", hint="name another column with --id") from None
