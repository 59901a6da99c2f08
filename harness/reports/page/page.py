"""The whole of `reports/leaderboard.html`: one file, at most `MOST_BYTES`, that asks the network for nothing.

Order: answer, picture, table and details of each domain; then what holds for all: learning, tuning, methods, data,
protocol, licences, words. A policy in the page's head allows no script but ours and no request at all.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.page.answer_part import answer_html, picture_html
from harness.reports.page.board_table import board_table
from harness.reports.page.details_part import (
    curves_html,
    findings_html,
    safety_html,
    samples_html,
    section,
    suites_html,
    unscored_html,
)
from harness.reports.page.escape import safe, script_json
from harness.reports.page.glossary import glossary
from harness.reports.page.markdown_html import to_html
from harness.reports.page.media_part import media_html
from harness.reports.page.method_cards import MethodCard
from harness.reports.page.samples import Samples
from harness.reports.page.script_data import script_data
from harness.reports.rendering.explanations import how_to_read
from harness.reports.rendering.markdown import conditions_table, sources_table
from harness.reports.sections.backtest_table import backtest_section
from harness.reports.sections.tuning.table import tuning_section
from harness.reports.sections.vectors.table import vectors_section

NAME = "leaderboard.html"
MOST_BYTES = 1_500_000
ASSETS = Path(__file__).parent / "assets"


@dataclass(frozen=True)
class Beside:
    """What the page shows besides the board."""

    samples: Mapping[str, Samples] = field(default_factory=dict)
    """Domain -> answers to browse."""
    methods: Sequence[MethodCard] = ()
    cards: Mapping[str, str] = field(default_factory=dict)
    """Prepared domain -> its data card in Markdown."""


Part = Callable[[Leaderboard, Beside], str]
DomainPart = Callable[[list[Row], Leaderboard, Beside], str]

DOMAIN_PARTS: dict[str, DomainPart] = {
    "Findings": lambda rows, board, beside: findings_html(rows, board),
    "Hallucination and safety": lambda rows, board, beside: safety_html(rows, board),
    "Learning curves": lambda rows, board, beside: curves_html(rows[0].domain, board),
    "Pictures, sound and table rows": lambda rows, board, beside: media_html(rows[0].domain, board),
    "Answers, item by item": lambda rows, board, beside: samples_html(rows, beside.samples.get(rows[0].domain)),
    "Every suite": lambda rows, board, beside: suites_html(rows, board),
}
"""Title -> what it shows of a domain, in order; a part that gives no HTML is left out."""

PARTS: dict[str, Part] = {
    "How to read it": lambda board, beside: to_html("\n\n".join(how_to_read(board)), top=3),
    "Search with vectors": lambda board, beside: to_html("\n\n".join(vectors_section(board)[1:]), top=1),
    "Tuning": lambda board, beside: to_html("\n\n".join(tuning_section(board)[1:]), top=3),
    "Back-test of the advice": lambda board, beside: to_html("\n\n".join(backtest_section(board)[1:]), top=3),
    "Methods": lambda board, beside: "".join(card.html() for card in beside.methods),
    "Data": lambda board, beside: "".join(section(name, to_html(card, top=3)) for name, card in beside.cards.items()),
    "Protocol and provenance": lambda board, beside: to_html(conditions_table(board.protocol), top=3),
    "Sources and licences": lambda board, beside: to_html(sources_table(board.protocol), top=3),
    "Words": lambda board, beside: glossary(),
}
"""The same for what holds for all domains."""


def page(board: Leaderboard, beside: Beside) -> str:
    """The file."""
    by_domain = {domain: list(rows) for domain, rows in groupby(board.rows, key=lambda row: row.domain)}
    script, style = ((ASSETS / name).read_text(encoding="utf-8") for name in ("page.js", "page.css"))
    data = script_json(script_data(by_domain, board, beside.samples))
    sections = "".join(_domain(place, rows, board, beside) for place, rows in enumerate(by_domain.values()))
    parts = {title: part(board, beside) for title, part in PARTS.items()}
    rest = "".join(
        f'<section id="{_anchor(title)}"><h2>{safe(title)}</h2>{content}</section>'
        for title, content in parts.items()
        if content
    )
    links = [(f"d-{place}", domain) for place, domain in enumerate(by_domain)]
    links += [(_anchor(title), title) for title, content in parts.items() if content]
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(script)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>Leaderboard: {safe(', '.join(by_domain)) or 'no rows'}</title>\n"
        f"<style>\n{style}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#main">Skip to the answer</a>\n{_header(board, links)}\n<main id="main">\n'
        f"{unscored_html(board)}{sections}\n{rest}\n</main>\n"
        f'<script type="application/json" id="board-data">{data}</script>\n'
        f"<script>\n{script}</script>\n</body>\n</html>\n"
    )


def _policy(script: str) -> str:
    """Nothing may be loaded but the pictures inside the page, and only the script with this hash may run, whatever a
    text of the page contains."""
    digest = base64.b64encode(hashlib.sha256(f"\n{script}".encode()).digest()).decode()
    allowed = f"img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _header(board: Leaderboard, links: Sequence[tuple[str, str]]) -> str:
    protocol = board.protocol
    examples = protocol.budget.get("train_examples")
    facts = [
        f"{len(board.rows)} rows",
        *([f"{examples:g} training examples each"] if examples else []),
        *([f"base models {', '.join(protocol.base_models)}"] if protocol.base_models else []),
        *([f"measured on {'; '.join(protocol.devices)}"] if protocol.devices else []),
    ]
    items = "".join(f'<li><a href="#{anchor}">{safe(text)}</a></li>' for anchor, text in links)
    return (
        f'<header><h1>Which fine-tuning method fits?</h1><p class="facts">{safe(" · ".join(facts))}</p>'
        f'<nav aria-label="Parts of this page"><ul>{items}</ul></nav></header>'
    )


def _domain(place: int, rows: list[Row], board: Leaderboard, beside: Beside) -> str:
    details = "".join(section(title, part(rows, board, beside)) for title, part in DOMAIN_PARTS.items())
    return (
        f'<section class="domain" id="d-{place}" data-board="{place}"><h2>{safe(rows[0].domain)}</h2>'
        f'{answer_html(rows, board)}{picture_html(rows, board)}<div class="tools" hidden></div>'
        f"{board_table(rows, board)}{details}</section>"
    )


def _anchor(title: str) -> str:
    return "all-" + title.lower().replace(" ", "-")
