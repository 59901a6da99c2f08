"""What stands below the table of a domain: findings, suites, learning curves, samples."""

from __future__ import annotations

from collections.abc import Sequence

from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.page.curves import curve_svg
from harness.reports.page.escape import safe
from harness.reports.page.markdown_html import to_html
from harness.reports.page.samples import Samples
from harness.reports.rendering.markdown import suite_parts
from harness.reports.sections.answer import key_rows
from harness.reports.sections.curves.table import READING, curve_tables
from harness.reports.sections.picture.measures import HALLUCINATION, SAFETY, measures
from harness.reports.sections.picture.scatter import chart
from harness.reports.tables.fold_sentences import fold_sentences
from harness.reports.tables.machine_marks import mark_sentences

FLIPS = 8
"""Most items in the table of flipped items that reads without scripts."""


def section(title: str, content: str) -> str:
    """A part that opens; nothing without content."""
    return f"<details><summary>{safe(title)}</summary>{content}</details>" if content else ""


def findings_html(rows: Sequence[Row], board: Leaderboard) -> str:
    """Who cannot be told from the best, what a simple baseline beats, and what marks mean."""
    sentences = [*board.findings.get(rows[0].domain, []), *fold_sentences(rows), *mark_sentences(rows)]
    return "<ul>" + "".join(f"<li>{safe(sentence)}</li>" for sentence in sentences) + "</ul>" if sentences else ""


def safety_html(rows: Sequence[Row], board: Leaderboard) -> str:
    """Truth against refusals: each row as a point; empty where a column is missing."""
    known = measures(rows, board.protocol)
    if HALLUCINATION not in known or SAFETY not in known:
        return ""
    drawing = chart(rows, known[HALLUCINATION], known[SAFETY], label=f"{rows[0].domain}: hallucination and safety")
    reading = "To the right: tells true statements from false ones. Up: refuses harmful requests and answers others."
    return f'<figure class="picture small">{drawing}<figcaption>{reading} Colours as above.</figcaption></figure>'


def suites_html(rows: Sequence[Row], board: Leaderboard) -> str:
    """Every suite with notes, and transfer between tasks."""
    return to_html("\n\n".join(suite_parts(list(rows), board)), top=1)


def curves_html(domain: str, board: Leaderboard) -> str:
    """The learning curves and their points; empty without any."""
    found = board.curves.get(domain)
    if found is None:
        return ""
    drawing = curve_svg(found, domain=domain)
    figure = f'<figure class="picture">{drawing}</figure>' if drawing else ""
    return figure + to_html("\n\n".join([READING, *curve_tables(found)]), top=3)


def samples_html(rows: Sequence[Row], samples: Samples | None) -> str:
    """The place of the sample browser, and the items on which the leading row and its rival differ as a plain table."""
    if samples is None or not samples.items:
        return ""
    count, suite = f"{len(samples.items)} of {samples.asked}", samples.suite
    note = f"{count} items of the suite {suite}, those first on which the rows differ most."
    reason = f" {samples.reason}." if samples.reason else ""
    return (
        f"<p>{safe(note + reason)} All answers: <code>harness samples RUN --suite {safe(suite)}</code>. "
        "The difference of two rows on every suite: <code>harness compare A B</code>.</p>"
        f'<div class="browser" hidden></div><div class="plain-samples">{_flips(rows, samples)}</div>'
    )


def _flips(rows: Sequence[Row], samples: Samples) -> str:
    known = [row.row_id for row in key_rows(rows) if row.row_id in samples.right]
    if len(known) < 2:
        return ""
    first, second = known[0], known[-1]
    flipped = [
        place
        for place, (a, b) in enumerate(zip(samples.right[first], samples.right[second], strict=True))
        if {a, b} == {"0", "1"}
    ][:FLIPS]
    if not flipped:
        return ""
    names = "".join(f'<th scope="col">{safe(name)}</th>' for name in (first, second))
    lines = "".join(
        f'<tr><th scope="row">{safe(samples.items[i].text or samples.items[i].id)}</th>'
        f"<td>{safe(samples.items[i].gold)}</td>{_answer(samples, first, i)}{_answer(samples, second, i)}</tr>"
        for i in flipped
    )
    return (
        '<div class="scroll" tabindex="0" role="group" aria-label="Items that only one of two rows got right">'
        "<table><caption>Items that only one of two rows got right</caption>"
        f'<thead><tr><th scope="col">item</th><th scope="col">right answer</th>{names}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _answer(samples: Samples, row: str, place: int) -> str:
    word = {"1": "right", "0": "wrong"}.get(samples.right[row][place], "")
    return f'<td class="{word}">{safe(samples.answers[row][place])}{word and f" <small>{word}</small>"}</td>'


def unscored_html(board: Leaderboard) -> str:
    """Runs that are not on the board yet."""
    if not board.unscored:
        return ""
    names = "".join(f"<li>{safe(name)}</li>" for name in board.unscored)
    return section(f"Not scored yet: {len(board.unscored)}", f"<ul>{names}</ul>")
