"""RLOO: reinforcement learning with the other answers as baseline."""

from __future__ import annotations

from harness.training.group_policy import GroupPolicy


class RLOO(GroupPolicy):
    """REINFORCE leave-one-out (Ahmadian et al. 2024, arXiv 2402.14740).

    What it optimises: the reward of an answer above the mean reward of the other answers to its prompt; the KL to the
        parent is part of the reward.
    Data: as `rl/grpo`.
    Cost: as `rl/grpo`.
    Use it: as `rl/grpo`; rewards are not divided by the spread of their group, so all prompts weigh the same.
    Related: `rl/grpo`.
    Options: as `rl/grpo`.
    Example: `python -m harness train rl/rloo --domain hs_products --seed 0`
    """

    trainer = "rloo"
