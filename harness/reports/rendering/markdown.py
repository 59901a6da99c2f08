"""`reports/details.md`: every row, column and suite, what the figures mean, and the conditions of the measurement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from harness.display.markdown_table import table
from harness.display.numbers import UNKNOWN, byte_size, count, level, percent
from harness.display.plain_text import markdown_cell
from harness.reports.contract.leaderboard import Leaderboard, Protocol
from harness.reports.contract.rows import Row, SuiteCell
from harness.reports.rendering.explanations import how_to_read
from harness.reports.sections.alignment.table import alignment_section
from harness.reports.sections.backtest_table import backtest_section
from harness.reports.sections.continual.table import continual_section
from harness.reports.sections.curves.table import curves_section
from harness.reports.sections.media.table import media_section
from harness.reports.sections.transfer.table import transfer_tables
from harness.reports.sections.tuning.table import tuning_section
from harness.reports.sections.vectors.table import vectors_section
from harness.reports.tables.cell_texts import (
    delta_text,
    latency_text,
    learnt_text,
    memory_text,
    money_text,
    money_with_parents_text,
    p_best_text,
    refusal_text,
    retention_heading,
    retention_text,
    row_place_text,
    score_text,
    score_time_text,
    time_with_parents_text,
    train_time_text,
    trials_text,
    unscored_sentences,
    value_text,
)
from harness.reports.tables.fold_sentences import fold_sentences
from harness.reports.tables.machine_marks import mark_sentences
from harness.reports.tables.notes import stale_notes
from harness.reports.tables.suite_table import Heading, suite_tables

NOTE = "<!-- Written by `harness report` from reports/parquet/; edits are lost. To change it, run `dvc repro`. -->"
SHORTER = (
    "Everything that was measured, as plain tables. The short board is [leaderboard.md](leaderboard.md); "
    "leaderboard.html shows the same as one page with pictures, sorting and the answers to read."
)


@dataclass(frozen=True)
class _Column:
    heading: str
    text: Callable[[Row], str]
    right: bool = False
    """Aligned to the right."""


def render(board: Leaderboard) -> str:
    """The whole file."""
    parts = ["# Every row and suite", NOTE, SHORTER, *map(markdown_cell, unscored_sentences(board))]
    for domain, rows in groupby(board.rows, key=lambda row: row.domain):
        parts += [f"## {markdown_cell(domain)}", *_domain(list(rows), board)]
    parts += vectors_section(board)
    parts += alignment_section(board)
    parts += media_section(board)
    parts += continual_section(board)
    parts += curves_section(board)
    parts += tuning_section(board)
    parts += backtest_section(board)
    parts += ["## How to read it", *how_to_read(board), "## Conditions", conditions_table(board.protocol)]
    if board.cards:
        parts += ["### Data", ", ".join(f"[{markdown_cell(name)}]({path})" for name, path in board.cards.items())]
    parts += ["### Sources and licences", sources_table(board.protocol)]
    return "\n\n".join(parts) + "\n"


def _domain(rows: list[Row], board: Leaderboard) -> list[str]:
    currency = board.protocol.prices.currency
    comparable = [row for row in rows if row.comparable]
    other = [row for row in rows if not row.comparable]
    domain = rows[0].domain
    parts = [f"Data card: [{markdown_cell(domain)}]({board.cards[domain]})" if domain in board.cards else ""]
    parts.append("\n".join(f"- {markdown_cell(sentence)}" for sentence in board.findings.get(domain, [])))
    if comparable:
        parts.append(_board(comparable, currency=currency))
    if other:
        parts += [
            "**Not comparable**: these rows were scored by another protocol (data, questions or version of a suite) "
            "than the table above. Score them again with `dvc repro` before you rank them.",
            _board(other, currency=currency),
        ]
    parts.append("\n\n".join(map(markdown_cell, [*fold_sentences(rows), *mark_sentences(rows)])))
    parts += suite_parts(rows, board)
    return [part for part in parts if part]


def _board(rows: list[Row], *, currency: str) -> str:
    columns = _columns(rows, currency=currency)
    right = [place for place, column in enumerate(columns) if column.right]
    lines = ([column.text(row) for column in columns] for row in rows)
    return table([column.heading for column in columns], lines, numeric=right)


def _columns(rows: list[Row], *, currency: str) -> list[_Column]:
    metrics = sorted({row.score.metric for row in rows if row.score})
    beside = sorted({row.hallucination.metric for row in rows if row.hallucination})
    reference = next((row.delta.reference.partition("/")[2] for row in rows if row.delta), "reference")
    return [
        _Column("recipe", _name),
        _Column("family", lambda row: row.family),
        _Column("place", row_place_text),
        _Column("P(best)", p_best_text, right=True),
        _Column(f"score: {', '.join(metrics)}, %" if metrics else "score", _score),
        _Column("n", lambda row: UNKNOWN if row.n is None else str(row.n)),
        _Column(f"points to {reference}", lambda row: delta_text(row.delta)),
        _Column(
            _hallucination_heading(beside),
            lambda row: _beside(row.hallucination),
        ),
        _Column("refusal / over-refusal, %", lambda row: refusal_text(row.safety)),
        _Column(retention_heading(rows), lambda row: retention_text(row.retention)),
        _Column("first token, ms (tokens/s)", latency_text, right=True),
        _Column("training memory", memory_text, right=True),
        *_costs(rows, currency=currency),
        _Column("trained parameters", lambda row: count(row.trainable_parameters), right=True),
        _Column("saved", lambda row: byte_size(row.saved_bytes), right=True),
        _Column("tuning trials", trials_text, right=True),
        _Column("seeds", lambda row: ", ".join(map(str, row.seeds))),
    ]


def _hallucination_heading(metrics: list[str]) -> str:
    if not metrics:
        return "hallucination"
    return f"hallucination: {', '.join(metrics)}, %" + ("" if metrics == ["auc"] else " (AUC)")


def _costs(rows: list[Row], *, currency: str) -> list[_Column]:
    """Time and money. The columns with parents are there only if some row has parents."""
    time = [_Column("training time", train_time_text, right=True)]
    usd = [_Column(currency, money_text, right=True)]
    if any(row.parents for row in rows):
        time.append(_Column("training time with parents", time_with_parents_text, right=True))
        usd.append(_Column(f"{currency} with parents", money_with_parents_text, right=True))
    return [*time, _Column("scoring time", score_time_text, right=True), *usd]


def suite_parts(rows: list[Row], board: Leaderboard) -> list[str]:
    """The tables of all suites of one domain, and of its transfer between tasks, each below a heading."""
    parts = []
    for found in [*suite_tables(rows, board.protocol), *transfer_tables(board, rows)]:
        parts.append(f"### {found.title}")
        if found.headings:
            header = ["recipe", *(_heading(heading) for heading in found.headings)]
            parts.append(table(header, ([row.row_id, *cells] for row, cells in found.rows)))
        notes = (f"{number}. {markdown_cell(note)}" for number, note in enumerate(found.notes, start=1))
        parts.append("\n".join(notes))
        if found.unasked:
            parts.append(f"No questions on this domain: {markdown_cell('; '.join(found.unasked))}.")
    return parts


def _heading(heading: Heading) -> str:
    first, *rest = heading.lines
    return f"{first}: {', '.join(rest)}" if rest else first


def _name(row: Row) -> str:
    shots = f", {row.shots} shots" if row.shots else ""
    learnt = f", {learnt_text(row)}" if row.learnt_elsewhere else ""
    marks = "".join(f" ({mark})" for mark in stale_notes(row))
    return f"{row.title} ({row.recipe}{shots}{learnt}){_own_budget(row)}{marks}"


def _own_budget(row: Row) -> str:
    """` (own budget: 64 training examples)`; the number only where the row has one."""
    if not row.budget_overridden:
        return ""
    examples = row.budget.get("train_examples")
    return " (own budget)" if examples is None else f" (own budget: {examples:g} training examples)"


def _score(row: Row) -> str:
    """The score, or why there is none. Failed seeds are named beside the score of the others."""
    failed = f"; failed: {row.reason}" if row.failed_seeds and row.status == "ok" and row.score else ""
    return score_text(row) + failed


def _beside(cell: SuiteCell | None) -> str:
    if cell is None or cell.value is None:
        return f"{UNKNOWN} {cell.reason or ''}".rstrip() if cell else UNKNOWN
    beside = "" if cell.auc is None or cell.metric == "auc" else f" ({cell.auc:.2f})"
    return value_text(cell) + beside


def conditions_table(protocol: Protocol) -> str:
    """Budget, machine, suites, prices and commits as a table."""
    budget = ", ".join(f"{name} {value:g}" for name, value in protocol.budget.items())
    commits = ", ".join(commit[:12] for commit in protocol.commits) or "no commit"
    suites = "; ".join(
        f"{name} version {suite.version} ({suite.metric}, protocol "
        + ", ".join(f"{domain} {'/'.join(h[:12] for h in hashes)}" for domain, hashes in suite.protocol_hashes.items())
        + ")"
        for name, suite in protocol.suites.items()
    )
    facts = {
        "profile": ", ".join(protocol.profiles),
        "base models": ", ".join(protocol.base_models) or "none",
        "budget of every recipe": budget,
        "device": "; ".join(protocol.devices),
        "suites": suites,
        "intervals": f"{level(protocol.confidence)}, {protocol.resamples:,} resamples",
        "equivalence margin": f"{percent(protocol.equivalence_margin)} points",
        "prices": f"{protocol.prices.currency}, as of {protocol.prices.as_of}: {protocol.prices.source}",
        "made at commit": commits + (", with uncommitted changes" if protocol.dirty else ""),
    }
    return table(["what", "value"], facts.items())


def sources_table(protocol: Protocol) -> str:
    """Origin and licence of everything that comes from outside."""
    if not protocol.sources:
        return "No external source is in use."
    columns = list(protocol.sources[0])
    return table(columns, ([str(source.get(column, "")) for column in columns] for source in protocol.sources))
