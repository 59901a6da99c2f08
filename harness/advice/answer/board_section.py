"""The back-test as a section of a board.

The room `reports` draws the section and does not know the advice. A verb puts both together:

    board = with_backtest(project, build(project, ...), reports=project.reports_folder)
"""

from __future__ import annotations

from pathlib import Path

from harness.advice import backtest as advice
from harness.advice.answer.backtest_text import counts
from harness.advice.evidence.read import evidence_of
from harness.config.project import Project
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rounding import rounded
from harness.reports.contract.sections import backtest as contract


def with_backtest(project: Project, board: Leaderboard, *, reports: Path) -> Leaderboard:
    """The board with the back-test of the advice on its own rows.

    Args:
        project: the project.
        board: a board.
        reports: folder of the store that the board was made from.

    Raises:
        DataError: there is no store.
        ConfigError: a YAML file is wrong.
    """
    found = advice.backtest_of(project, evidence_of(project, board, reports=reports))
    return board.model_copy(update={"backtest": as_section(found)})


def as_section(found: advice.Backtest) -> contract.Backtest:
    """The back-test in the contract of leaderboard.json."""
    return contract.Backtest(
        rules=found.rules,
        nothing=found.nothing,
        counts=list(counts(found.folds)) if found.folds else [],
        domains=[
            contract.BacktestDomain(
                domain=fold.domain,
                source=fold.source,
                recipes=fold.recipes,
                best=fold.best,
                policies=[
                    contract.BacktestPolicy(
                        policy=one.policy,
                        recipe=one.recipe,
                        regret=rounded(one.regret),
                        tied=one.tied,
                        cost=one.cost,
                        why=one.why,
                    )
                    for one in fold.played
                ],
            )
            for fold in found.folds
        ],
    )
