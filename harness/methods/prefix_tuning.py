"""Prefix tuning: learned keys and values of virtual tokens in every layer, computed by a network during training."""

from __future__ import annotations

from harness.training.adapters.virtual_tokens import LearntCache


class PrefixTuning(LearntCache):
    """Prefix tuning with reparametrisation (Li and Liang 2021, arXiv 2101.00190).

    What it optimises: cross-entropy of the answer's tokens, over an embedding per virtual token and the two-layer
        network that computes the keys and values of all layers from it. Only these keys and values are saved.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: the network is large during training (hidden size x layers x 2 x width of the keys); the saved prefix is
        small. Every request attends to the prefix as well.
    Use it: where one loaded base serves many domains in one batch: the base's weights do not change.
    Not for: small data without tuning the learning rate; activation checkpointing, which is refused
        (huggingface/peft#2191).
    Related: `peft/p_tuning_v2`, the same without the network; `peft/prompt_tuning` learns the first layer's input only.
    Recipe: `run.peft` takes the arguments of peft.PrefixTuningConfig, except `prefix_projection`, which is on.
    Example: `python -m harness train peft/prefix_tuning --domain hs_products --seed 0`
    """

    fixed = {"prefix_projection": True}
