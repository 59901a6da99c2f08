"""The back-test of the advice in `reports/leaderboard.json`."""

from __future__ import annotations

from harness.config.strict import StrictModel


class BacktestPolicy(StrictModel):
    """What one way to choose a recipe would have chosen on a domain whose rows it did not see."""

    policy: str
    """`advice`, `single best`, `always LoRA`, `random` or `oracle`."""
    recipe: str | None
    """null: it abstained, or it draws at random."""
    regret: float | None
    """Best score on the domain minus score of the choice, 0 to 1; null without a choice."""
    tied: bool | None
    """The domain's own items cannot tell the choice from the best; null without a choice."""
    cost: float | None
    """Of the choice, in the currency of the price table; null: not known."""
    why: str = ""
    """Why there is no choice."""


class BacktestDomain(StrictModel):
    """One domain that was left out, with all domains of its source."""

    domain: str
    source: str
    recipes: int
    """Recipes that could be chosen."""
    best: str
    """Recipe with the highest score."""
    policies: list[BacktestPolicy]


class Backtest(StrictModel):
    """Would the advice of `harness advise` have been good on the measured domains?"""

    rules: str
    """Hash of the code that makes the advice."""
    domains: list[BacktestDomain]
    nothing: str | None = None
    """Why there was nothing to test; null if there was."""
    counts: list[str] = []
    """How often the advice did as well as the other policies, in sentences."""
