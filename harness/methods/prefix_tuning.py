"""Prefix tuning: learnt keys and values before every layer's own, made by a small network while training."""

from __future__ import annotations

from harness.training.virtual_tokens import LearntCache


class PrefixTuning(LearntCache):
    """Prefix tuning with reparametrisation (Li and Liang 2021, arXiv 2101.00190).

    What it optimises: cross-entropy of the answer's tokens, over an embedding per virtual token and the two-layer
        network that makes keys and values of all layers from it; only these keys and values are saved.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: the network is large while it learns (hidden size x layers x 2 x width of the keys); the saved prefix is not.
        Every request reads the prefix in addition.
    Use it: where one loaded base serves many domains in one batch: the weights stay as they are.
    Not for: small data without tuning its learning rate, or with activation checkpointing (refused; peft#2191).
    Related: `peft/p_tuning_v2`, the same without the network; `peft/prompt_tuning` learns the first layer's input only.
    Recipe: `run.peft` takes the arguments of peft.PrefixTuningConfig; `prefix_projection` is set.
    Example: `python -m harness train peft/prefix_tuning --domain hs_products --seed 0`
    """

    fixed = {"prefix_projection": True}
