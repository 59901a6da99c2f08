"""Reward models, judges and policies in `reports/leaderboard.json`."""

from __future__ import annotations

from typing import Literal

from harness.config.strict import StrictModel


class ComparedAnswers(StrictModel):
    """A policy's answers against those of the run that it started from, prompt by prompt."""

    policy: float
    """Mean of the policy: a reward, or a share of right answers."""
    parent: float
    win_rate: float
    """Share of prompts on which the policy's answer is the better one; equal answers count half."""
    low: float
    high: float


class Rating(ComparedAnswers):
    """The comparison by one reward model."""

    recipe: str
    """Recipe id of the reward model."""
    role: Literal["reward", "rater", "second_rater"]
    """`reward`: the policy learnt from it; the others only rate."""


class PolicyRow(StrictModel):
    """What became of the answers of one policy that learnt from preferences or rewards."""

    run: str
    recipe: str
    prompts: int
    """Validation prompts that both sides answered."""
    kl: float
    """Nats per answer to the parent."""
    length: float
    """Mean tokens of an answer."""
    parent_length: float
    ended: float
    """Share of answers that the policy ended itself."""
    parent_ended: float
    gold: ComparedAnswers
    """By the right answers of the data."""
    ratings: list[Rating]


class JudgeRow(StrictModel):
    """How far one judge agrees with the data."""

    run: str
    recipe: str
    pairs: int
    agreement: float | None
    """Share of its verdicts for the right answer; null where it gave none."""
    low: float | None
    high: float | None
    kappa: float | None
    same_in_both_orders: float
    first_slot: float | None
    """Share of single questions in which the answer in the first place won."""
    ties: float
    longer_wins: float | None
    shorter_is_right: float | None
    """What a rule by length would reach."""
    seconds_per_pair: float


class Alignment(StrictModel):
    """Policies and judges of one domain."""

    policies: list[PolicyRow]
    judges: list[JudgeRow]
    figure: str | None
    """Path of the figure, relative to the folder of leaderboard.json; null without a policy."""
