"""`reports/leaderboard.md`: one table per domain, what the figures mean, and the conditions they hold under."""

from __future__ import annotations

from itertools import groupby

from harness.display.markdown_table import table
from harness.display.numbers import (
    UNKNOWN,
    byte_size,
    count,
    duration,
    level,
    megabytes,
    money,
    percent,
    points,
    rank_text,
)
from harness.display.plain_text import markdown_cell
from harness.reports.board.rows import Leaderboard, Protocol, Row, SuiteCell
from harness.reports.rendering.explanations import how_to_read
from harness.reports.rendering.suite_table import Heading, delta_text, suite_tables
from harness.reports.sections.curve_table import curves_section
from harness.reports.sections.transfer_table import transfer_tables
from harness.reports.sections.tuning_table import trials_text, tuning_section

_NOTE = "<!-- Written by `harness report` from reports/parquet/; edits are lost. To change it, run `dvc repro`. -->"


def render(board: Leaderboard) -> str:
    """The whole file."""
    parts = ["# Leaderboard", _NOTE]
    for domain, rows in groupby(board.rows, key=lambda row: row.domain):
        parts += [f"## {markdown_cell(domain)}", *_domain(list(rows), board)]
    parts += curves_section(board)
    parts += tuning_section(board)
    parts += ["## How to read it", *how_to_read(board), "## Conditions", _conditions(board.protocol)]
    if board.cards:
        parts += ["### Data", ", ".join(f"[{markdown_cell(name)}]({path})" for name, path in board.cards.items())]
    parts += ["### Sources and licences", _sources(board.protocol)]
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
            "**Not comparable**: scored by another protocol (data, questions or version of a suite) than the table "
            "above. Score them again with `dvc repro` before ranking them.",
            _board(other, currency=currency),
        ]
    parts += _every_suite(rows, board)
    return [part for part in parts if part]


def _board(rows: list[Row], *, currency: str) -> str:
    metrics = sorted({row.score.metric for row in rows if row.score})
    beside = sorted({row.hallucination.metric for row in rows if row.hallucination})
    reference = next((row.delta.reference.partition("/")[2] for row in rows if row.delta), "reference")
    header = [
        "recipe",
        "family",
        "rank (P best)",
        f"score: {', '.join(metrics)}, %" if metrics else "score",
        "n",
        f"points to {reference}",
        f"hallucination: {', '.join(beside)}, % (AUC)" if beside else "hallucination",
        "refusal / over-refusal, %",
        "retention, points",
        "first token, ms (tokens/s)",
        "training memory",
        "training time",
        "scoring time",
        currency,
        "trained parameters",
        "saved",
        "tuning trials",
        "seeds",
    ]
    return table(header, map(_cells, rows), numeric=range(9, 17))


def _every_suite(rows: list[Row], board: Leaderboard) -> list[str]:
    parts = []
    for found in [*suite_tables(rows, board.protocol), *transfer_tables(board, rows)]:
        parts.append(f"### {found.title}")
        if found.headings:
            header = ["recipe", *(_heading(heading) for heading in found.headings)]
            parts.append(table(header, ([row.recipe_id, *cells] for row, cells in found.rows)))
        notes = (f"{number}. {markdown_cell(note)}" for number, note in enumerate(found.notes, start=1))
        parts.append("\n".join(notes))
        if found.unasked:
            parts.append(f"Not asked here: {markdown_cell('; '.join(found.unasked))}.")
    return parts


def _heading(heading: Heading) -> str:
    first, *rest = heading.lines
    return f"{first}: {', '.join(rest)}" if rest else first


def _cells(row: Row) -> list[str]:
    return [
        _name(row),
        row.family,
        rank_of(row),
        _score(row),
        UNKNOWN if row.n is None else str(row.n),
        delta_text(row.delta),
        _beside(row.hallucination),
        refusal_text(row.safety),
        retention_text(row.retention),
        latency_text(row),
        megabytes(row.memory.train_peak_mb),
        duration(row.cost.train_seconds),
        duration(row.cost.score_seconds),
        money(row.cost.usd),
        count(row.trainable_parameters),
        byte_size(row.saved_bytes),
        trials_text(row),
        ", ".join(map(str, row.seeds)),
    ]


def _name(row: Row) -> str:
    shots = f", {row.shots} shots" if row.shots else ""
    budget = " (own budget)" if row.budget_overridden else ""
    return f"{row.title} ({row.recipe}{shots}){budget}"


def _score(row: Row) -> str:
    """The score, or why there is none; failed seeds stand beside the score of the others."""
    if row.status == "failed":
        return f"failed: {row.reason}"
    if row.score is None:
        return f"{UNKNOWN} {row.reason or ''}".rstrip()
    score = percent(row.score.value, row.score.low, row.score.high)
    return f"{score}; failed: {row.reason}" if row.failed_seeds else score


def rank_of(row: Row) -> str:
    """`1-2 (61 %)`."""
    return UNKNOWN if row.rank is None else rank_text(row.rank.first, row.rank.last, row.rank.p_best)


def _beside(cell: SuiteCell | None) -> str:
    if cell is None or cell.value is None:
        return f"{UNKNOWN} {cell.reason or ''}".rstrip() if cell else UNKNOWN
    auc = "" if cell.auc is None else f" ({cell.auc:.2f})"
    return percent(cell.value, cell.low, cell.high) + auc


def refusal_text(cell: SuiteCell | None) -> str:
    """`12.0 / 3.3`: harmful and benign requests that were refused; the suite's own metric where it counts neither."""
    if cell is None or cell.value is None:
        return UNKNOWN
    if not {"refusal", "over_refusal"} <= set(cell.also):
        return percent(cell.value, cell.low, cell.high)
    return f"{percent(cell.also['refusal'])} / {percent(cell.also['over_refusal'])}"


def latency_text(row: Row) -> str:
    """`84 (23)`."""
    if row.latency_ms is None:
        return UNKNOWN
    rate = "" if row.generated_per_second is None else f" ({row.generated_per_second:.0f})"
    return f"{row.latency_ms:.0f}{rate}"


def retention_text(cell: SuiteCell | None) -> str:
    """`-3.1 [-6.0, -0.2]`: what was forgotten of other domains."""
    return UNKNOWN if cell is None or cell.delta is None else points(cell.delta.value, cell.delta.low, cell.delta.high)


def _conditions(protocol: Protocol) -> str:
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


def _sources(protocol: Protocol) -> str:
    if not protocol.sources:
        return "No source from outside is in use."
    columns = list(protocol.sources[0])
    return table(columns, ([str(source.get(column, "")) for column in columns] for source in protocol.sources))
