"""RLOO: reinforcement learning with the other answers as baseline."""

from __future__ import annotations

from harness.training.group_policy import GroupPolicy


class RLOO(GroupPolicy):
    """REINFORCE leave-one-out (Ahmadian et al. 2024, arXiv 2402.14740).

    What it optimises: the reward of an answer above the mean reward of the other answers to its prompt; the KL to the
        parent is part of the reward.
    Data, cost, use: as `rl/grpo`; it does not divide by the spread of a group's rewards.
    Options: as `rl/grpo`.
    Example: `python -m harness train rl/rloo --domain hs_products --seed 0`
    """

    trainer = "rloo"
