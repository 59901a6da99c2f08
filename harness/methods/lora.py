"""LoRA: low-rank updates beside frozen linear layers."""

from __future__ import annotations

from harness.training.adapters.peft_lm import PeftLM


class Lora(PeftLM):
    """Low-rank adaptation (Hu et al. 2021, arXiv 2106.09685).

    What it optimises: cross-entropy of the answer's tokens, over `W + (alpha / r) B A` with frozen `W`.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: the base's weights once, plus gradients and Adam moments of the low-rank matrices only.
    Use it: by default. With adapters on all linear layers and about ten times its learning rate, LoRA matches full
        fine-tuning on small and medium data ("LoRA Without Regret", Schulman 2025).
    Not for: more knowledge than its rank can hold, such as long continued pre-training.
    Related: `sft/full`, which trains all weights and needs the most memory.
    Recipe: `run.peft` takes the arguments of peft.LoraConfig.
    Example: `python -m harness train peft/lora --domain hs_products --seed 0`
    """

    other_bases = ("seq2seq_lm",)
    config_class = "LoraConfig"
    merges = True
