"""GRPO: reinforcement learning from answers that code can check."""

from __future__ import annotations

from harness.training.group_policy import GroupPolicy


class GRPO(GroupPolicy):
    """Group relative policy optimisation (Shao et al. 2024, arXiv 2402.03300).

    What it optimises: that answers with more reward than the mean of their group become likelier, within a clipped
        step.
    Data: questions of `classify` or `answer` whose answers can be checked.
    Cost: `num_generations` answers per prompt, written and then learnt from; no reward or value model.
    Use it: where right answers are checked by a rule, after supervised fine-tuning.
    Not for: tasks that the parent never solves: a group of equal rewards teaches nothing. The curve
        `frac_reward_zero_std` shows the share of such groups; the loss shows nothing.
    Related: `rl/rloo`, without clipping and division by the spread; `rlhf/ppo`, with a reward model.
    Options: `rewards`, `num_generations`, `max_completion_length`, `temperature`, `beta`.
        `per_device_train_batch_size` counts answers.
    Example: `python -m harness train rl/grpo --domain hs_products --seed 0`
    """

    trainer = "grpo"
