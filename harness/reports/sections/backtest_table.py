"""The section "Back-test of the advice" of the board."""

from __future__ import annotations

from harness.display.markdown_table import table
from harness.display.numbers import UNKNOWN, money, points
from harness.display.plain_text import markdown_cell
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.sections.backtest import Backtest, BacktestPolicy

READING = (
    "Would `harness advise` have chosen well for a new domain? Each source is left out once, with all domains made "
    "from it. The advice sees the rows of the others only. Regret is the best score on the domain that was left out "
    "minus the score of the recipe that was chosen, in points. *Single best* takes the recipe with the highest mean "
    "gain on the other domains, *random* draws blindly, *oracle* knows the answer. With few domains this is a "
    "count and no test."
)


def backtest_section(board: Leaderboard) -> list[str]:
    """The section in Markdown; empty in boards that were made without a back-test."""
    found = board.backtest
    if found is None:
        return []
    rules = f"Rules of the advice: `{found.rules}`, a hash of the code that decides."
    parts = ["## Back-test of the advice", READING, rules]
    if found.nothing:
        return [*parts, f"**Result**: {markdown_cell(found.nothing)}."]
    return [*parts, _table(found, currency=board.protocol.prices.currency), markdown_cell(" ".join(found.counts))]


def _table(found: Backtest, *, currency: str) -> str:
    header = ["left out", "recipes", "best", "policy", "choice", "regret, points", "against the best", currency]
    lines = [
        [f"{one.domain} (source {one.source})", str(one.recipes), one.best, policy.policy, *_cells(policy)]
        for one in found.domains
        for policy in one.policies
    ]
    return table(header, lines, numeric=(1, 5, 7))


def _cells(policy: BacktestPolicy) -> list[str]:
    """Choice, regret, verdict and cost."""
    cost = UNKNOWN if policy.cost is None else money(policy.cost)
    if policy.regret is None:
        return [f"{policy.recipe or 'none'}: {policy.why}", UNKNOWN, UNKNOWN, cost]
    verdict = {True: "cannot be told apart", False: "surely behind", None: UNKNOWN}[policy.tied]
    return [policy.recipe or "any, on average", points(policy.regret), verdict, cost]
