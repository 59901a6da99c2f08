"""Rows of a board that was written earlier, marked as stale by what has changed until now."""

from __future__ import annotations

from collections.abc import Mapping

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
    seeds: dict[str, list[str]] = {}
    for seed, reason in reasons.items():
        if reason:
            seeds.setdefault(reason, []).append(str(seed))
    if [len(which) for which in seeds.values()] == [len(reasons)]:
        return next(iter(seeds))
    parts = [f"seed{'s' if len(which) > 1 else ''} {', '.join(which)}: {why}" for why, which in seeds.items()]
    return "; ".join(parts) or None
