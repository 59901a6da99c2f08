"""Rows of a board that was written earlier, marked as stale by what has changed until now."""

from __future__ import annotations

from collections.abc import Mapping

from harness.reports.board.rows.by_seed import by_seed
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row


def marked(board: Leaderboard, judged: Mapping[str, str | None]) -> Leaderboard:
    """The board with `stale` of each row as of now.

    `judged`: id of each run that has a record here -> why it is stale, or null. Rows of other runs stay as they are.
    """
    return board.model_copy(update={"rows": [_marked(row, judged) for row in board.rows]})


def _marked(row: Row, judged: Mapping[str, str | None]) -> Row:
    seeds = {seed: f"{row.recipe_id}-{'+'.join(row.domains or [row.domain])}-{seed}" for seed in row.seeds}
    known = {seed: judged[run_id] for seed, run_id in seeds.items() if run_id in judged}
    return row.model_copy(update={"stale": stale_text(known)}) if known else row


def stale_text(reasons: Mapping[int, str | None]) -> str | None:
    """`seed 1: training: budget modified` from a reason per seed; null if no seed is stale."""
    stale = [(seed, reason) for seed, reason in reasons.items() if reason]
    if len(stale) == len(reasons) and len({reason for _, reason in stale}) == 1:
        return stale[0][1]
    return by_seed(stale)
