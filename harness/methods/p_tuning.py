"""P-tuning: virtual tokens before the text, made by a small network while training."""

from __future__ import annotations

from harness.training.peft_lm import PeftLM


class PTuning(PeftLM):
    """P-tuning, version 1 (Liu et al. 2021, arXiv 2103.10385).

    What it optimises: cross-entropy of the answer's tokens, over an embedding per virtual token and the network (a
        multi-layer perceptron, or a recurrent one) that makes the input embeddings from them; only these are saved.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: the network while it learns; the saved file holds virtual tokens x hidden size numbers. Every request is
        longer by the virtual tokens.
    Use it: in place of prompt engineering, on a base that stays as it is.
    Not for: much data: it holds little.
    Related: `peft/prompt_tuning`, the same without the network; `peft/p_tuning_v2` reaches into every layer.
    Recipe: `run.peft` takes the arguments of peft.PromptEncoderConfig.
    Example: `python -m harness train peft/p_tuning --domain hs_products --seed 0`
    """

    config_class = "PromptEncoderConfig"
