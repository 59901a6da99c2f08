"""Prompt tuning: learned input embeddings of a few virtual tokens before the text."""

from __future__ import annotations

from harness.training.adapters.peft_lm import PeftLM
from harness.training.adapters.virtual_tokens import NOT_MERGEABLE


class PromptTuning(PeftLM):
    """Prompt tuning (Lester et al. 2021, arXiv 2104.08691).

    What it optimises: cross-entropy of the answer's tokens, over the input embeddings of the virtual tokens.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: virtual tokens x hidden size parameters, the fewest of all methods. The virtual tokens make every request
        longer.
    Use it: with large models: in the paper it reaches full fine-tuning at ten billion parameters.
    Not for: small models or few steps: it learns slowly and needs learning rates a hundred times those of LoRA.
    Related: `baseline/few_shot` shows real examples instead; `peft/p_tuning` computes the embeddings by a network.
    Recipe: `run.peft` takes the arguments of peft.PromptTuningConfig.
    Example: `python -m harness train peft/prompt_tuning --domain hs_products --seed 0`
    """

    config_class = "PromptTuningConfig"
    cannot_be_continued = NOT_MERGEABLE
