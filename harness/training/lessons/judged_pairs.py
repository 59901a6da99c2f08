"""Pairs of answers that a judge ranked instead of people (RLAIF)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from harness.errors import DataError, RunFailed
from harness.evidence.wilson import wilson
from harness.items.rows import Preference
from harness.models.judges.verdict import Verdict

VERDICTS, REPORT = "verdicts.jsonl", "report.json"
"""Files of a judge's run: what it says about every pair, and how far it agrees with the data."""
CONFIDENCE = 0.95


@dataclass(frozen=True)
class JudgeReport:
    """How a judge's verdicts compare with the right answers that the data know. Shares are between 0 and 1."""

    margin: float
    """Log-odds below which the judge abstains."""
    pairs: int
    verdicts: int
    """Pairs with a verdict in both orders that reaches the margin; the judge abstains from the others."""
    ties: float
    """Share of pairs without a verdict."""
    agreement: float | None
    """Share of verdicts for the chosen answer; null without verdicts."""
    low: float | None
    high: float | None
    """Its 95 % interval (Wilson)."""
    kappa: float | None
    """Cohen's kappa. The right answer stands first as often as second, so that chance is 0.5."""
    same_in_both_orders: float
    """Share of pairs with the same winner in both orders."""
    first_slot: float | None
    """Share of single questions in which the answer in the first place won; 0.5 without a leaning."""
    longer_wins: float | None
    """Share of verdicts for the longer answer, among pairs of unequal length."""
    shorter_is_right: float | None
    """A baseline: how often the shorter answer is the chosen one, among pairs of unequal length."""

    @property
    def at_chance(self) -> bool:
        """Whether the interval holds 0.5, or there is none."""
        return self.low is None or self.high is None or self.low <= 0.5


def report_on(rows: Sequence[Preference], verdicts: Sequence[Verdict], *, margin: float) -> JudgeReport:
    """Compare verdicts with the data. `margin`: log-odds below which a verdict counts as none."""
    judged = [(row, found) for row, verdict in zip(rows, verdicts, strict=True) if (found := _win(verdict, margin))]
    right = sum(won > 0 for _, won in judged)
    low, high = wilson(right / len(judged), len(judged), confidence=CONFIDENCE) if judged else (None, None)
    single = [value > 0 for verdict in verdicts for value in (verdict.chosen_first,) if value is not None]
    single += [value < 0 for verdict in verdicts for value in (verdict.chosen_second,) if value is not None]
    unequal = [(row, won) for row, won in judged if len(row.chosen) != len(row.rejected)]
    lengths = [row for row in rows if len(row.chosen) != len(row.rejected)]
    return JudgeReport(
        margin=margin,
        pairs=len(rows),
        verdicts=len(judged),
        ties=1 - len(judged) / len(rows),
        agreement=_share(right, len(judged)),
        low=low,
        high=high,
        kappa=2 * right / len(judged) - 1 if judged else None,
        same_in_both_orders=sum(verdict.same_in_both_orders for verdict in verdicts) / len(verdicts),
        first_slot=_share(sum(single), len(single)),
        longer_wins=_share(
            sum((won > 0) == (len(row.chosen) > len(row.rejected)) for row, won in unequal), len(unequal)
        ),
        shorter_is_right=_share(sum(len(row.chosen) < len(row.rejected) for row in lengths), len(lengths)),
    )


def judged_pairs(
    rows: Sequence[Preference], verdicts: Mapping[str, Verdict], *, margin: float
) -> tuple[list[Preference], dict[str, int]]:
    """The pairs as the judge ranks them, and how many it turned round or gave no verdict on; the latter are left out.

    Raises:
        DataError: the judge did not see a pair.
    """
    kept, turned = [], 0
    for row in rows:
        if row.id not in verdicts:
            raise DataError(f"the judge has not seen the pair {row.id}", hint="run the judge's stage again")
        won = _win(verdicts[row.id], margin)
        if won > 0:
            kept.append(row)
        elif won < 0:
            kept.append(replace(row, chosen=row.rejected, rejected=row.chosen))
            turned += 1
    return kept, {"turned_round": turned, "no_verdict": len(rows) - len(kept)}


def require_better_than_chance(report: JudgeReport, judge: str) -> None:
    """Refuse to learn from a judge without signal.

    Raises:
        RunFailed: its agreement with the data cannot be told from 0.5.
    """
    if report.at_chance:
        share = (
            "gives no verdict"
            if report.agreement is None or report.low is None or report.high is None
            else f"agrees with the data on {report.agreement:.0%} [{report.low:.0%}, {report.high:.0%}] of its verdicts"
        )
        raise RunFailed(
            f"refused: the judge {judge} {share}, which cannot be told from chance; "
            "`run.options.even_at_chance: true` trains all the same"
        )


def write_verdicts(rows: Sequence[Preference], verdicts: Sequence[Verdict], report: JudgeReport, folder: Path) -> None:
    """Write both files of a judge's run."""
    lines = [json.dumps({"id": row.id, **asdict(one)}) for row, one in zip(rows, verdicts, strict=True)]
    (folder / VERDICTS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (folder / REPORT).write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")


def read_verdicts(folder: Path) -> tuple[dict[str, Verdict], JudgeReport]:
    """Id of a pair -> verdict, and the report.

    Raises:
        DataError: the folder is not that of a judge's run.
    """
    if not (folder / VERDICTS).is_file() or not (folder / REPORT).is_file():
        raise DataError(
            "no verdicts here", where=str(folder), expected="the run of a judge", hint="see `init` in the recipe"
        )
    lines = (folder / VERDICTS).read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    verdicts = {entry.pop("id"): Verdict(**entry) for entry in entries}
    return verdicts, JudgeReport(**json.loads((folder / REPORT).read_text(encoding="utf-8")))


def _win(verdict: Verdict, margin: float) -> float:
    """The margin of the chosen answer; 0 where the judge abstains."""
    found = verdict.margin
    return found if found is not None and abs(found) > margin else 0.0


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
