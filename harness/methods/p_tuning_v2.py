"""P-tuning v2: learnt keys and values before every layer's own, each a free parameter."""

from __future__ import annotations

from harness.training.virtual_tokens import LearntCache


class PTuningV2(LearntCache):
    """Deep prompt tuning (Liu et al. 2021, arXiv 2110.07602).

    What it optimises: cross-entropy of the answer's tokens, over keys and values of the virtual tokens in every layer.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: virtual tokens x layers x 2 x width of the keys parameters; every request reads them in addition.
    Use it: for labels and short answers, with a high learning rate; the paper finds it near full fine-tuning across
        sizes of models.
    Not for: activation checkpointing (refused; peft#2191).
    Related: `peft/prefix_tuning` makes the same keys and values by a network, which steadies their training.
    Recipe: `run.peft` takes the arguments of peft.PrefixTuningConfig; `prefix_projection` is off.
    Example: `python -m harness train peft/p_tuning_v2 --domain hs_products --seed 0`
    """

    fixed = {"prefix_projection": False}
