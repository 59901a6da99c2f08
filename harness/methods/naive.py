"""Continual fine-tuning without any remedy against forgetting."""

from __future__ import annotations

from harness.training.continual_lm import StepwiseLM


class Naive(StepwiseLM):
    """Train one adapter further on each new domain, as a weekly update does.

    What it optimises: cross-entropy of the new domain's answers.
    Data: `classify` or `answer` questions of the new domain alone.
    Cost: that of `peft/lora` per step.
    Use it: as the reference of the family: what the other recipes keep, this one may forget.
    Not for: domains that must not be forgotten.
    Related: `continual/replay_10`, `continual/ewc` and `continual/joint`, which forget less.
    Example: `python -m harness train continual/naive --domain hs_products --domain icd10 --seed 0`
    """
