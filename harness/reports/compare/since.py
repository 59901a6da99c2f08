"""`harness report diff REV`: which rows of the board changed since a commit, beyond chance.

Both boards come from reports/leaderboard.json. A row whose score changed is compared item by item, from the samples of
its runs then (in git) and now (in reports/records), and all these comparisons are adjusted together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harness.config.project import RECORDS, Project
from harness.config.strict import StrictModel
from harness.evidence.families import Judged, judged_together
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import Resampling
from harness.reports.compare.revision import Revision
from harness.reports.compare.sample_files import scores_of_files
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.leaderboard_file import read_board_file
from harness.reports.contract.rounding import rounded, rounded_p
from harness.reports.contract.rows import Row

State = Literal["new", "gone", "higher", "lower", "undecided", "same", "not compared"]
"""`higher` and `lower`: beyond chance. `undecided`: another score, which chance alone could explain."""


class Change(StrictModel):
    """One row then and now."""

    domain: str
    row: str
    state: State
    then: float | None = None
    """Score at the commit, as a fraction."""
    now: float | None = None
    difference: float | None = None
    """Now minus then, over the items that both answered."""
    low: float | None = None
    high: float | None = None
    p_adjusted: float | None = None
    """Adjusted over all rows that are compared here."""
    may_be_best: str | None = None
    """`no longer` or `now`, where the row left or entered the rows that may be best."""
    reason: str | None = None
    """Why the scores are not compared."""


@dataclass(frozen=True)
class _Pair:
    then: Row
    now: Row

    @property
    def reason(self) -> str | None:
        """Why the two scores are not compared; null where they can be."""
        if self.then.score is None or self.now.score is None:
            return "no score then or now"
        if self.then.score.metric != self.now.score.metric:
            return f"the metric was {self.then.score.metric}"
        if self.then.protocol_hash != self.now.protocol_hash:
            return "another protocol: the questions or the rule changed"
        return None


def changes(project: Project, revision: str) -> list[Change]:
    """Every row of either board, by domain and row; rows with an equal score are `same`.

    Raises:
        DataError: git does not know the revision, or there is no board then or now that this version can read.
    """
    git = Revision(project.root, revision)
    then, now = git.board(), read_board_file(project.root / "reports")
    before, after = _rows(then), _rows(now)
    pairs = {key: _Pair(before[key], after[key]) for key in sorted({*before} & {*after})}
    judged = _judged(project, git, list(pairs.values()), now)
    found = [
        Change(domain=key[0], row=key[1], state="new", now=_score(after[key])) for key in after.keys() - before.keys()
    ]
    found += [
        Change(domain=key[0], row=key[1], state="gone", then=_score(before[key]))
        for key in before.keys() - after.keys()
    ]
    for (key, pair), (one, reason) in zip(pairs.items(), judged, strict=True):
        found.append(_change(key, pair, one, reason, alpha=1 - now.protocol.confidence))
    return sorted(found, key=lambda change: (change.domain, change.row))


def _rows(board: Leaderboard) -> dict[tuple[str, str], Row]:
    """Rows by domain and id; where a recipe has rows of several protocols, the one that ranks."""
    found: dict[tuple[str, str], Row] = {}
    for row in sorted(board.rows, key=lambda row: not row.comparable):
        found.setdefault((row.domain, row.row_id), row)
    return found


def _judged(
    project: Project, git: Revision, pairs: Sequence[_Pair], board: Leaderboard
) -> list[tuple[Judged | None, str | None]]:
    """For each pair its difference, or why there is none."""
    sides: list[tuple[ItemScores, ItemScores] | None] = []
    reasons: list[str | None] = []
    for pair in pairs:
        reason = pair.reason
        items = None if reason or _same(pair) else _items(project, git, pair)
        sides.append(items)
        reasons.append(
            reason or (None if items or _same(pair) else "the samples of its runs are not there then or now")
        )
    resampling = Resampling(confidence=board.protocol.confidence, resamples=board.protocol.resamples)
    return list(zip(judged_together(sides, resampling=resampling), reasons, strict=True))


def _items(project: Project, git: Revision, pair: _Pair) -> tuple[ItemScores, ItemScores] | None:
    """Now and then, item by item; null where samples are missing."""
    suite, metric = _suite(pair.now), pair.now.score.metric if pair.now.score else ""
    names = [[f"{RECORDS}/{run}/score/samples.parquet" for run in _runs(row)] for row in (pair.now, pair.then)]
    here = [(project.root / name).read_bytes() if (project.root / name).is_file() else None for name in names[0]]
    there = [git.file(name) for name in names[1]]
    now, then = (
        scores_of_files([file for file in files if file], suite=suite, domain=pair.now.domain, metric=metric)
        if all(files)
        else None
        for files in (here, there)
    )
    return (now, then) if now and then and set(now.items) & set(then.items) else None


def _runs(row: Row) -> list[str]:
    domains = "+".join(row.domains or [row.domain])
    return [f"{row.recipe_id}-{domains}-{seed}" for seed in row.seeds]


def _suite(row: Row) -> str:
    """The suite behind the score."""
    return next(
        name for name, cell in row.suites.items() if cell.column == "score" and cell.protocol_hash == row.protocol_hash
    )


def _same(pair: _Pair) -> bool:
    return pair.then.score == pair.now.score and pair.then.seeds == pair.now.seeds


def _change(key: tuple[str, str], pair: _Pair, one: Judged | None, reason: str | None, *, alpha: float) -> Change:
    state: State = "not compared" if reason else "same"
    if one is not None:
        sure = one.p_adjusted is not None and one.p_adjusted < alpha
        state = "undecided" if not sure else "higher" if one.difference.value > 0 else "lower"
    return Change(
        domain=key[0],
        row=key[1],
        state=state,
        then=_score(pair.then),
        now=_score(pair.now),
        difference=rounded(one.difference.value) if one else None,
        low=rounded(one.difference.low) if one else None,
        high=rounded(one.difference.high) if one else None,
        p_adjusted=rounded_p(one.p_adjusted) if one else None,
        may_be_best=_entered(pair),
        reason=reason,
    )


def _entered(pair: _Pair) -> str | None:
    then, now = (bool(row.rank and row.rank.may_be_best) for row in (pair.then, pair.now))
    return None if then == now else "now" if now else "no longer"


def _score(row: Row) -> float | None:
    return row.score.value if row.score else None
