"""The head of a domain on the page: the answer, and the picture below it."""

from __future__ import annotations

from collections.abc import Sequence

from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.page.escape import safe
from harness.reports.sections.answer import answer
from harness.reports.sections.picture.picture_file import LEGEND
from harness.reports.sections.picture.scatter import picture


def answer_html(rows: Sequence[Row], board: Leaderboard) -> str:
    """Two sentences, then what limits them."""
    found = answer(rows, board)
    sentences = " ".join(
        "".join(f"<strong>{safe(part.text)}</strong>" if part.strong else safe(part.text) for part in sentence)
        for sentence in found.sentences
    )
    caveats = "".join(f"<li>{safe(sentence)}</li>" for sentence in found.caveats)
    return f'<p class="answer">{sentences}</p>' + (f'<ul class="caveats">{caveats}</ul>' if caveats else "")


def picture_html(rows: Sequence[Row], board: Leaderboard) -> str:
    """The drawing without scripts; the page's script replaces it by one with axes to choose. Empty without points."""
    drawing = picture(rows, board.protocol, domain=rows[0].domain)
    if not drawing:
        return ""
    return (
        '<figure class="picture"><div class="axes" hidden></div>'
        f'<div class="drawing">{drawing}</div><figcaption>{safe(LEGEND)}</figcaption></figure>'
    )
