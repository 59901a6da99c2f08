"""Pictures, sound and table rows of a domain on the page: tables, and samples with their pictures inside the file."""

from __future__ import annotations

from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.sections.media import MediaSample
from harness.reports.page.escape import safe
from harness.reports.page.markdown_html import to_html
from harness.reports.sections.media.table import READING, answer_lines, media_tables


def media_html(domain: str, board: Leaderboard) -> str:
    """The tables and the samples; empty for a domain of text."""
    found = board.media.get(domain)
    if found is None:
        return ""
    sheet = "".join(map(_sample, found.samples))
    samples = f'<div class="sheet">{sheet}</div>' if sheet else ""
    return to_html("\n\n".join([READING, *media_tables(found)]), top=3) + samples


def _sample(sample: MediaSample) -> str:
    if sample.picture:
        source = f"data:image/png;base64,{safe(sample.picture)}"
        shown = f'<img src="{source}" alt="The file of the question {safe(sample.id)}">'
    else:
        cells = "".join(
            f'<tr><th scope="row">{safe(name)}</th><td>{safe(value)}</td></tr>' for name, value in sample.cells.items()
        )
        shown = f"<table>{cells}</table>"
    lines = "<br>".join(map(safe, answer_lines(sample)))
    return f"<figure>{shown}<figcaption><strong>{safe(sample.question)}</strong><br>{lines}</figcaption></figure>"
