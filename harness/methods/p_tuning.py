"""P-tuning: learned virtual tokens before the text, computed by a small network during training."""

from __future__ import annotations

from harness.training.adapters.peft_lm import PeftLM
from harness.training.adapters.virtual_tokens import NOT_MERGEABLE


class PTuning(PeftLM):
    """P-tuning, version 1 (Liu et al. 2021, arXiv 2103.10385).

    What it optimises: cross-entropy of the answer's tokens, over an embedding per virtual token and the network (a
        multi-layer perceptron or a recurrent network) that computes the input embeddings from them. Only the input
        embeddings are saved.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: the network during training; the saved file holds virtual tokens x hidden size numbers. The virtual tokens
        make every request longer.
    Use it: instead of prompt engineering, on a base that must not change.
    Not for: much data: the virtual tokens hold little.
    Related: `peft/prompt_tuning`, the same without the network; `peft/p_tuning_v2` reaches into every layer.
    Recipe: `run.peft` takes the arguments of peft.PromptEncoderConfig.
    Example: `python -m harness train peft/p_tuning --domain hs_products --seed 0`
    """

    config_class = "PromptEncoderConfig"
    cannot_be_continued = NOT_MERGEABLE
