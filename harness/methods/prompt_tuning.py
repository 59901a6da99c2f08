"""Prompt tuning: input embeddings of a few virtual tokens before the text."""

from __future__ import annotations

from harness.training.peft_lm import PeftLM


class PromptTuning(PeftLM):
    """Prompt tuning (Lester et al. 2021, arXiv 2104.08691).

    What it optimises: cross-entropy of the answer's tokens, over the input embeddings of the virtual tokens.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: virtual tokens x hidden size parameters, the fewest of all; every request is longer by the virtual tokens.
    Use it: with large models: the paper sees it reach full fine-tuning at ten billion parameters.
    Not for: small models or few steps: it learns slowly, with learning rates a hundred times LoRA's.
    Related: `baseline/few_shot` puts real examples there; `peft/p_tuning` makes the embeddings by a network.
    Recipe: `run.peft` takes the arguments of peft.PromptTuningConfig.
    Example: `python -m harness train peft/prompt_tuning --domain hs_products --seed 0`
    """

    config_class = "PromptTuningConfig"
