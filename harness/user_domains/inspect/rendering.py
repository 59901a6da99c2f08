"""Print the inspection report as lines in the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.display.plain_text import plain
from harness.domains.leaks import NEAR
from harness.texts.languages import LanguageMix
from harness.texts.personal import Finding, without_personal
from harness.user_domains.inspect.copies import Copies
from harness.user_domains.inspect.inspection import Inspection
from harness.user_domains.inspect.labels import LabelBalance
from harness.user_domains.inspect.lengths import LengthReport, Lengths

if TYPE_CHECKING:
    from rich.console import Console

SHOWN_CHARACTERS = 120
"""Most characters of a text in an example."""
SHOWN_LABELS = 10
ALIKE_GROUPS = 3
MANY_LABELS = 100
"""With more labels, a language model takes longer to score a test item than to read it."""
UNBALANCED = 10
"""Ratio of the most to the least frequent label from which accuracy says little about the rare labels."""
WARNING = "warning: "


def show_report(inspection: Inspection, console: Console) -> None:
    """Print the report, with warnings in yellow."""
    from rich.text import Text

    for line in report_lines(inspection):
        console.print(Text(line, style="yellow" if line.startswith(WARNING) else ""), soft_wrap=True)


def report_lines(inspection: Inspection) -> Iterator[str]:
    """The report, one statement per line. Lines that ask the user to act begin with `warning: `.

    Texts of the file are cut to one line, with personal data masked and control characters removed.
    """
    yield f"{inspection.records:,} records gave {inspection.items:,} items; {inspection.usable:,} of them are usable"
    for note in inspection.notes:
        yield f"  {note.count:,} {plain(note.what)}"
    if inspection.sampled < inspection.usable:
        yield f"lengths, languages, similar texts and leaks: measured on a sample of {inspection.sampled:,} items"
    yield from _lengths(inspection.lengths)
    if inspection.given_splits:
        counts = ", ".join(f"{split} {count:,}" for split, count in inspection.given_splits.items())
        yield f"splits in the file: {counts}"
    if inspection.labels:
        yield from label_lines(inspection.labels)
    yield from _copies(inspection.copies)
    yield from _languages(inspection.language)
    yield from _personal(inspection.personal)


def shown(text: str) -> str:
    """A text of the file made safe and short enough for one line."""
    line = " ".join(plain(without_personal(text)).split())
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + "…"


def _lengths(lengths: LengthReport) -> Iterator[str]:
    unit = lengths.unit
    yield f"texts: {_spread(lengths.text)} {unit}"
    if lengths.answer:
        yield f"answers ({lengths.answer.count:,}): {_spread(lengths.answer)} {unit}"
    if unit == "words":
        yield "  in words, because no base model is prepared; after `dvc repro base` lengths are in its tokens"
    if lengths.beyond_limit:
        least = "" if unit == "tokens" else "at least "
        yield (
            f"{WARNING}{least}{lengths.beyond_limit:,} items exceed budget.max_length ({lengths.limit} tokens) and are "
            "cut in training; if memory allows, raise budget.max_length in params.yaml"
        )


def _spread(lengths: Lengths) -> str:
    return f"{lengths.min:,} to {lengths.max:,}, median {lengths.median:,}, 95 % up to {lengths.p95:,}"


def label_lines(balance: LabelBalance) -> Iterator[str]:
    """The lines of the report about labels."""
    names = list(balance.counts)
    most, rarest = names[0], names[-1]
    yield (
        f"labels: {len(names):,}; most frequent {shown(most)} ({balance.counts[most]:,}), "
        f"rarest {shown(rarest)} ({balance.counts[rarest]:,}), ratio {balance.ratio:.1f}"
    )
    for label in names[:SHOWN_LABELS]:
        yield f"  {balance.counts[label]:>7,}  {shown(label)}"
    if len(names) > SHOWN_LABELS:
        yield f"  and {len(names) - SHOWN_LABELS:,} more labels"
    if balance.unlabelled:
        yield f"{WARNING}{balance.unlabelled:,} items have no label and are left out of classification"
    if balance.ratio >= UNBALANCED:
        yield f"{WARNING}the labels are unbalanced: a model that ignores the rare ones still scores well"
    if balance.are_numbers:
        yield (
            f"{WARNING}the labels are bare numbers, which mean nothing to a language model: use --label with a column "
            "of words, or give the labels names with classify.label_names in the domain file"
        )
    if len(names) > MANY_LABELS:
        yield (
            f"{WARNING}{len(names):,} labels: a language model scores each label for each test item, which takes long; "
            "use coarser labels or fewer test items (`splits.test` in the domain file)"
        )
    for label, count in balance.like_missing.items():
        yield f"{WARNING}the label {shown(label)} ({count:,}) looks like a missing value and is kept as a class"
    for group in balance.alike[:ALIKE_GROUPS]:
        is_case = len({label.casefold() for label in group}) == 1
        spelled = ", ".join(shown(label) if is_case else ascii(label) for label in group[:SHOWN_LABELS])
        yield f"{WARNING}labels that hardly differ are counted as different classes: {spelled}"
    if balance.few:
        yield f"{WARNING}{_listed(balance.few)} fewer than 3 items, too few to be in all three splits"
    if balance.only_in_test:
        yield f"{WARNING}{_listed(balance.only_in_test)} no training item, so no model can learn it from this file"


def _listed(labels: tuple[str, ...]) -> str:
    first = ", ".join(shown(label) for label in labels[:3])
    more = f" and {len(labels) - 3:,} more" if len(labels) > 3 else ""
    return f"{len(labels):,} {'label has' if len(labels) == 1 else 'labels have'} ({first}{more})"


def _copies(copies: Copies) -> Iterator[str]:
    merged = f" and {copies.merged:,} with a different answer, kept as another right answer" if copies.merged else ""
    yield f"exact duplicates: {copies.duplicates:,}{merged}"
    groups = f" items in {copies.similar_groups:,} groups; all are kept" if copies.similar_groups else ""
    yield f"similar texts (character 5-gram Jaccard of {NEAR} or more): {copies.similar_items:,}{groups}"
    for first, second in copies.similar_examples:
        yield f"  {shown(first)}"
        yield f"  ~ {shown(second)}"
    if copies.conflicting_items:
        yield (
            f"{WARNING}{copies.conflicting_items:,} items have a text that occurs with several labels; "
            "all of them are removed"
        )
        for conflict in copies.conflicts:
            yield f"  {shown(conflict.text)}: {', '.join(shown(label) for label in conflict.labels)}"
    if copies.given_split_copies:
        yield (
            f"{WARNING}{copies.given_split_copies:,} items repeat the text of an item that the file itself holds out; "
            "only the held-out item is kept"
        )
    for split, count in copies.split_leaks.items():
        if count:
            yield f"{WARNING}leaks: {count:,} training items nearly repeat an item of the {split} split and are removed"


def _languages(mix: LanguageMix) -> Iterator[str]:
    if mix.judged:
        named = ", ".join(f"{one.code} {one.share:.0%} (confidence {one.confidence:.0%})" for one in mix.languages)
        other = f"{', ' if named else ''}others {mix.other_share:.0%}" if mix.other_share >= 0.005 else ""
        yield f"languages of {mix.judged:,} texts of 20 characters or more: {named}{other}"
    else:
        yield "languages: unknown, because no text has 20 characters or more"
    if mix.right_to_left:
        yield f"right-to-left texts: {mix.right_to_left:.0%}"


def _personal(findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings:
        examples = ", ".join(plain(example) for example in finding.examples)
        items = "1 item" if finding.items == 1 else f"{finding.items:,} items"
        yield f"{WARNING}likely personal data: {finding.kind}: {finding.count:,} in {items} ({examples})"
    if findings:
        yield "  a tuned model can repeat it word for word: remove or replace it first, unless you may publish it"
    else:
        yield "personal data: no e-mail address, telephone, card or account number or IP address was recognised"
