"""P-tuning v2: learned keys and values of virtual tokens in every layer, each a free parameter."""

from __future__ import annotations

from harness.training.adapters.virtual_tokens import LearntCache


class PTuningV2(LearntCache):
    """Deep prompt tuning (Liu et al. 2021, arXiv 2110.07602).

    What it optimises: cross-entropy of the answer's tokens, over keys and values of the virtual tokens in every layer.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: virtual tokens x layers x 2 x width of the keys parameters. Every request attends to them as well.
    Use it: for labels and short answers, with a high learning rate. In the paper it comes close to full fine-tuning
        for models of all sizes.
    Not for: activation checkpointing, which is refused (huggingface/peft#2191).
    Related: `peft/prefix_tuning` computes the same keys and values by a network, which stabilises their training.
    Recipe: `run.peft` takes the arguments of peft.PrefixTuningConfig, except `prefix_projection`, which is off.
    Example: `python -m harness train peft/p_tuning_v2 --domain hs_products --seed 0`
    """

    fixed = {"prefix_projection": False}
