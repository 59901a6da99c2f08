"""The text of a row's cells, the same for Markdown, the README and the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.display.metrics import interval_text, metric_heading
from harness.display.numbers import UNKNOWN, duration, megabytes, money, percent, place_text, points, whole_percent
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import DeltaCell, Row, SuiteCell
from harness.reports.tables.machine_marks import memory_marks, parent_marks, time_marks


def score_text(row: Row) -> str:
    """The score, or why there is none: `71.2 [67.1, 75.2]`, `failed: out of memory`."""
    if row.status == "failed":
        return f"failed: {row.reason}"
    if row.score is None:
        return f"{UNKNOWN} {row.reason or ''}".rstrip()
    return percent(row.score.value, row.score.low, row.score.high)


def value_text(cell: SuiteCell | None) -> str:
    """`71.2 [67.1, 75.2]`, `+0.160 [+0.121, +0.199]`; an em dash without a value."""
    if cell is None:
        return UNKNOWN
    return interval_text(cell.value, cell.low, cell.high, unit=cell.unit, signed=cell.signed)


def row_place_text(row: Row) -> str:
    """`may be best`, `15th to 22nd`; an em dash for a row that is not ranked."""
    rank = row.rank
    return UNKNOWN if rank is None else place_text(rank.first, rank.last, may_be_best=rank.may_be_best)


def p_best_text(row: Row) -> str:
    """`46 %`: the share of resamples in which the row has the highest score."""
    return whole_percent(row.rank.p_best if row.rank else None)


def short_delta_text(delta: DeltaCell | None) -> str:
    """`+12.3 better`: without the interval."""
    return UNKNOWN if delta is None else f"{points(delta.value)} {delta.verdict}"


def delta_text(delta: DeltaCell | None) -> str:
    """`+12.3 [+9.1, +15.4] better`."""
    if delta is None:
        return UNKNOWN
    return f"{interval_text(delta.value, delta.low, delta.high, unit=delta.unit, signed=True)} {delta.verdict}"


def refusal_text(cell: SuiteCell | None) -> str:
    """`12.0 / 3.3`: share of harmful and of benign requests that were refused.

    A suite that does not count both shows its own metric.
    """
    if cell is None or cell.value is None:
        return UNKNOWN
    if not {"refusal", "over_refusal"} <= set(cell.also):
        return percent(cell.value, cell.low, cell.high)
    return f"{percent(cell.also['refusal'])} / {percent(cell.also['over_refusal'])}"


def retention_text(cell: SuiteCell | None) -> str:
    """`+0.160 [+0.121, +0.199]`: change against the same base model.

    The suite's own value if that is a change; else the difference to the reference, in points.
    """
    if cell is None or cell.signed:
        return value_text(cell)
    delta = cell.delta
    return UNKNOWN if delta is None else interval_text(delta.value, delta.low, delta.high, unit=delta.unit, signed=True)


def retention_heading(rows: Sequence[Row]) -> str:
    """The metric and its unit where the suite measures a change itself, else points to the reference."""
    changes = {(cell.metric, cell.unit) for row in rows if (cell := row.retention) and cell.signed}
    return f"retention: {metric_heading(*changes.pop())}" if len(changes) == 1 else "retention, points"


def latency_text(row: Row) -> str:
    """`84 (23)`: milliseconds to the first token, tokens per second after it."""
    if row.latency_ms is None:
        return UNKNOWN
    rate = "" if row.generated_per_second is None else f" ({row.generated_per_second:.0f})"
    return f"{row.latency_ms:.0f}{rate}{time_marks(row)}"


def trials_text(row: Row) -> str:
    """`3`, `3, edge` or `3, tuned on SmolLM2-135M-Instruct` (not the row's base model).

    0 for a recipe that is trained but was never tuned, an em dash where nothing is trained.
    """
    if row.trials is None:
        return UNKNOWN
    edge = "edge" if row.tuning_edge else ""
    elsewhere = f"tuned on {row.tuned_on}" if row.tuned_on else ""
    return ", ".join(filter(None, (str(row.trials), edge, elsewhere)))


def time_with_parents_text(row: Row) -> str:
    """Training time of the row and of every run that it starts from."""
    return marked(duration(row.cost.train_seconds_with_parents), parent_marks(row))


def money_with_parents_text(row: Row) -> str:
    """Cost of the row and of training every run that it starts from."""
    return marked(money(row.cost.usd_with_parents), parent_marks(row))


def train_time_text(row: Row) -> str:
    """Training time: `3 min 05 s`, with a mark where it does not compare with that of other rows."""
    return marked(duration(row.cost.train_seconds), time_marks(row))


def score_time_text(row: Row) -> str:
    """Scoring time, with its mark."""
    return marked(duration(row.cost.score_seconds), time_marks(row))


def money_text(row: Row) -> str:
    """Cost of training and scoring, with its mark."""
    return marked(money(row.cost.usd), time_marks(row))


def memory_text(row: Row) -> str:
    """Training memory, with its mark."""
    return marked(megabytes(row.memory.train_peak_mb), memory_marks(row))


def marked(text: str, marks: str) -> str:
    """The text with marks behind it; what was not measured gets none."""
    return text if text == UNKNOWN else text + marks


def learnt_text(row: Row) -> str:
    """`also learnt icd10`; `learnt icd10 only` where the domain asked about was not among them; else empty."""
    if not row.learnt_elsewhere:
        return ""
    others = ", ".join(domain for domain in row.domains if domain != row.domain)
    return f"also learnt {others}" if row.domain in row.domains else f"learnt {others} only"


NAMED = 8
"""Most runs that a board names; of more it gives the numbers."""


def unscored_sentences(board: Leaderboard) -> list[str]:
    """`Not scored yet: peft/lora-hs_products-0`, or numbers by family; nothing for a board that is complete."""
    if not board.unscored:
        return []
    if len(board.unscored) <= NAMED:
        return [f"Not scored yet: {', '.join(board.unscored)}"]
    counts = Counter(map(_group, board.unscored))
    numbers = ", ".join(f"{name} {count}" for name, count in counts.items())
    return [f"Not scored yet: {numbers} (harness plan names them)"]


def _group(unscored: str) -> str:
    """`peft` for `peft/lora-hs_products-0`; `wide protocol` and `learning curve` for what is no run."""
    return " ".join(unscored.split(" ")[:2]) if " " in unscored else unscored.split("/")[0]
